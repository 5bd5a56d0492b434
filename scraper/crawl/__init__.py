"""The live crawl: sources, fetches, extraction processes and sinks as one run."""
