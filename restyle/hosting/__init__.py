"""Hosting: putting a clip where the service can fetch it.

Three ways: this app's own address, the service's temporary upload, a bucket; `hosts_for` chooses.
"""

from restyle.hosting.bucket import Bucket
from restyle.hosting.choice import hosts_for
from restyle.hosting.hosted import Host, Hosted
from restyle.hosting.own_address import OwnAddress
from restyle.hosting.upload import TemporaryUpload
from restyle.hosting.verify import verify

__all__ = [
    "Bucket",
    "Host",
    "Hosted",
    "OwnAddress",
    "TemporaryUpload",
    "hosts_for",
    "verify",
]
