"""Hosts and addresses as Kong reads them (Kong: kong/tools/ip.lua and kong/db/schema/typedefs.lua)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

_IPV4 = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d+))?", re.ASCII)
_BRACKETED = re.compile(r"(\[.*?\])(.*)", re.DOTALL)
_NAME = re.compile(r"[0-9A-Za-z\-._]+")
_HIGHEST_PORT = 65535
_DEFAULT_TARGET_PORT = 8000


class AddressError(ValueError):
    """An address that Kong cannot read."""


class PortError(AddressError):
    """An address whose port is above 65535; Kong's checks tell it from other errors."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host and, when given, its port; IP addresses are normalised, names are kept as written."""

    kind: Literal["ipv4", "ipv6", "name"]
    host: str
    port: int | None = None


def parse_address(text: str) -> Address:
    """Reads `host`, `host:port`, `1.2.3.4:80`, `::1` or `[::1]:80`.

    Raises:
        PortError: the port is above 65535.
        AddressError: the address is malformed in any other way.

    """
    colons = text.count(":")
    if colons > 1:
        return _ipv6(text)
    if re.fullmatch(r"[\d.]+", text.replace(":", ""), re.ASCII):
        return _ipv4(text)
    return _name(text)


def _port(digits: str | None) -> int | None:
    if digits is None:
        return None
    if int(digits) > _HIGHEST_PORT:
        message = "invalid port number"
        raise PortError(message)
    return int(digits)


def _ipv4(text: str) -> Address:
    found = _IPV4.fullmatch(text)
    if not found or any(int(part) > 255 for part in found.groups()[:4]):
        message = f"invalid ipv4 address: {text}"
        raise AddressError(message)
    return Address("ipv4", ".".join(str(int(part)) for part in found.groups()[:4]), _port(found[5]))


def _ipv6(text: str) -> Address:
    bracketed = _BRACKETED.fullmatch(text)
    host, rest = (bracketed[1][1:-1], bracketed[2]) if bracketed else (text, "")
    port = re.fullmatch(r":(\d*)", rest, re.ASCII)
    try:
        if rest and not (port and port[1]):
            raise ValueError(rest)
        exploded = ipaddress.IPv6Address(host).exploded
    except ValueError:
        message = f"invalid ipv6 address: {text}"
        raise AddressError(message) from None
    return Address("ipv6", exploded, _port(port[1]) if port else None)


def _name(text: str) -> Address:
    host, colon, digits = text.rpartition(":")
    name, port = (host, _port(digits)) if colon and digits.isdecimal() else (text, None)
    *labels, last = name.split(".")
    well_formed = _NAME.fullmatch(name) and all(labels) and not any(label.endswith("-") for label in (*labels, last))
    if not well_formed:
        message = f"invalid hostname: {text}"
        raise AddressError(message)
    return Address("name", name, port)


def target_as_stored(target: str) -> str:
    """A target in the form Kong stores: with a port, IPv6 addresses spelled out in brackets.

    Kong: kong/db/dao/targets.lua, `format_target`; the port is 8000 where none is given.

    Raises:
        AddressError: the target is no host or address.

    """
    address = parse_address(target)
    host = f"[{address.host}]" if address.kind == "ipv6" else address.host
    return f"{host}:{_DEFAULT_TARGET_PORT if address.port is None else address.port}"


def host_error(host: str) -> str | None:
    """A host name or IP address without a port."""
    return _plain_host_error(host, host, ip_allowed=True)


def sni_error(host: str) -> str | None:
    """A host name without a port; no IP address."""
    return _plain_host_error(host, host, ip_allowed=False)


def wildcard_host_error(host: str) -> str | None:
    """A host name that may have one `*` at its very start or end."""
    position = host.find("*")
    if position < 0:
        return sni_error(host)
    if position not in (0, len(host) - 1):
        return "wildcard must be leftmost or rightmost character"
    if host.count("*") > 1:
        return "only one wildcard must be specified"
    return _plain_host_error(host.replace("*", "wildcard"), host.replace("*", "wildcard"), ip_allowed=False)


def _plain_host_error(host: str, shown: str, *, ip_allowed: bool) -> str | None:
    try:
        address = parse_address(host)
    except PortError:
        return "must not have a port"
    except AddressError:
        return f"invalid value: {shown}"
    if not ip_allowed and address.kind != "name":
        return "must not be an IP"
    return None if address.port is None else "must not have a port"


def host_with_optional_port_error(host: str) -> str | None:
    """A host name or IP address, with or without a port."""
    try:
        parse_address(host)
    except AddressError as error:
        return str(error)
    return None


def route_host_error(host: str) -> str | None:
    """A route's host: wildcards stand for any label, a port may follow."""
    return host_with_optional_port_error(host.replace("*", "abc"))


def upstream_name_error(name: str) -> str | None:
    """An upstream is named by a host name; no address, no port (Kong: entities/upstreams.lua)."""
    try:
        address = parse_address(name)
    except AddressError:
        return f"Invalid name ('{name}'); must be a valid hostname"
    if address.kind != "name":
        return f"Invalid name ('{name}'); no ip addresses allowed"
    return f"Invalid name ('{name}'); no port allowed" if address.port is not None else None


def target_error(target: str) -> str | None:
    """A target's host or address with an optional port."""
    try:
        parse_address(target)
    except AddressError:
        return "Invalid target; not a valid hostname or ip address"
    return None


def ip_or_cidr_error(text: str) -> str | None:
    """An IPv4 or IPv6 address, or a range such as 10.0.0.0/8."""
    address, slash, prefix = text.partition("/")
    longest = 128 if ":" in address else 32
    in_range = prefix.isdecimal() and str(int(prefix)) == prefix and int(prefix) <= longest
    return None if _is_ip(address) and (not slash or in_range) else f"invalid ip or cidr range: '{text}'"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text
