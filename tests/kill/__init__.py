"""Crawls that are killed, starved of disk, and robbed of their processes: nothing is lost, nothing stands twice."""
