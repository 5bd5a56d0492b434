"""Arguments in, exit code out; one module a verb. Results go to stdout or files, talk goes to stderr."""
