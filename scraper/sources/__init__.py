"""Where addresses come from: feeds, sitemaps, section pages, lists and saved files, each as bytes -> Targets."""
