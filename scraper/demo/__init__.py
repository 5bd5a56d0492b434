"""The demo newspaper: three invented hosts served over real HTTP on a loopback port."""

from scraper.demo.routes import Route, load_routes, site_folder
from scraper.demo.serve import DemoServer, Seen
from scraper.demo.sources import demo_sources

__all__ = ["DemoServer", "Route", "Seen", "demo_sources", "load_routes", "site_folder"]
