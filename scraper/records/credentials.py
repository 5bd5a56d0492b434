"""Whether the environment holds what a store of objects is asked with. Nothing is asked to find out.

Without credentials obstore asks the metadata service of the machine (169.254.169.254) for some. On a machine outside
the cloud that is a request to a stranger, so it is asked only where its address is set.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from scraper.errors import UsageError

_WAYS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "s3": (
            ("AWS_SKIP_SIGNATURE",),
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
            ("AWS_METADATA_ENDPOINT",),
        ),
        "gs": (
            ("GOOGLE_SKIP_SIGNATURE",),
            ("GOOGLE_APPLICATION_CREDENTIALS",),
            ("GOOGLE_SERVICE_ACCOUNT|GOOGLE_SERVICE_ACCOUNT_PATH|GOOGLE_SERVICE_ACCOUNT_KEY",),
            ("GOOGLE_BEARER_TOKEN",),
            ("GCE_METADATA_HOST|GCE_METADATA_ROOT|GCE_METADATA_IP",),
        ),
        "az": (
            ("AZURE_SKIP_SIGNATURE",),
            ("AZURE_STORAGE_ACCOUNT_KEY|AZURE_STORAGE_ACCESS_KEY|AZURE_STORAGE_MASTER_KEY",),
            ("AZURE_STORAGE_SAS_KEY|AZURE_STORAGE_SAS_TOKEN",),
            ("AZURE_STORAGE_TOKEN",),
            (
                "AZURE_CLIENT_ID|AZURE_STORAGE_CLIENT_ID",
                "AZURE_CLIENT_SECRET|AZURE_STORAGE_CLIENT_SECRET|AZURE_FEDERATED_TOKEN_FILE",
                "AZURE_TENANT_ID|AZURE_STORAGE_TENANT_ID|AZURE_AUTHORITY_ID|AZURE_STORAGE_AUTHORITY_ID",
            ),
            ("AZURE_USE_AZURE_CLI",),
            ("AZURE_STORAGE_USE_EMULATOR",),
            ("AZURE_IDENTITY_ENDPOINT|AZURE_MSI_ENDPOINT",),
        ),
    }
)
"""By scheme the settings that are enough, all of a row together; | stands between names of one setting.

Source: the order in which object_store's builders look for credentials; its names of the environment's variables
"""
_UNSET: Final = frozenset({"", "0", "false", "off", "no", "n"})
_GOOGLE_FILE: Final = Path(".config/gcloud/application_default_credentials.json")
_ADVICE: Final = MappingProxyType(
    {
        "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true where it wants none",
        "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or GOOGLE_SKIP_SIGNATURE=true where it wants none",
        "az": "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_SKIP_SIGNATURE=true where it "
        "wants none",
    }
)


def check_credentials(scheme: str, shown: str) -> None:
    """Raise UsageError, which says the target as it is shown, where the environment holds no credentials for it."""
    if any(map(_are_set, _WAYS[scheme])) or (scheme == "gs" and (Path.home() / _GOOGLE_FILE).exists()):
        return
    raise UsageError(f"{shown}: the environment holds no credentials for the store; {_ADVICE[scheme]}.")


def _are_set(settings: Iterable[str]) -> bool:
    return all(any(os.environ.get(name, "").lower() not in _UNSET for name in each.split("|")) for each in settings)
