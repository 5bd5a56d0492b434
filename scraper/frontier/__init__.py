"""What a crawl remembers between runs: addresses and when they are due, hosts, articles, files of output.

`Frontier` is one SQLite file; `RunLock` keeps a second run out. `next_check`, `find_alarms` and `is_stamped_now` are
pure: they judge what the file holds.
"""

from scraper.frontier.articles import ArticleRow, changed_fields
from scraper.frontier.figures import Figures
from scraper.frontier.forget import Forgotten
from scraper.frontier.hosts import HostState
from scraper.frontier.leases import HostCounts
from scraper.frontier.lock import Holder, RunLock, read_holder
from scraper.frontier.memory import Frontier
from scraper.frontier.near import Candidate
from scraper.frontier.parts import Part
from scraper.frontier.recheck import next_check
from scraper.frontier.resources import Resource, trusts
from scraper.frontier.robots import RobotsCopy
from scraper.frontier.rows import STATUSES, Lease, Status, UrlRow
from scraper.frontier.runs import RunRow
from scraper.frontier.stamps import is_stamped_now, parse_stamp
from scraper.frontier.urls import Added
from scraper.frontier.watch import Alarm, find_alarms

__all__ = [
    "STATUSES",
    "Added",
    "Alarm",
    "ArticleRow",
    "Candidate",
    "Figures",
    "Forgotten",
    "Frontier",
    "Holder",
    "HostCounts",
    "HostState",
    "Lease",
    "Part",
    "Resource",
    "RobotsCopy",
    "RunLock",
    "RunRow",
    "Status",
    "UrlRow",
    "changed_fields",
    "find_alarms",
    "is_stamped_now",
    "next_check",
    "parse_stamp",
    "read_holder",
    "trusts",
]
