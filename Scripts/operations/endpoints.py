"""Where a service's hosts differ from `PREFIX[-fips].REGION.SUFFIX`, by botocore's rule sets.

Sources/AWSClient/Core/Configuration/EndpointResolver.swift knows the services of every function; what only the applications call is in the tables,
so that functions do not grow by it.
"""

import re

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError, EndpointProviderError

# Prefixes that EndpointResolver.swift itself treats, with its names for how.
KNOWN = {prefix: {"gov"} for prefix in ("dynamodb", "sqs", "sts", "logs", "sns")}
KNOWN |= {prefix: {"gov", "gov-dual"} for prefix in ("events", "monitoring")}
KNOWN |= {"states": {"gov", "gov-dual-only"}}
# A service with an endpoint in so few regions of a partition is called there from everywhere.
FEW = 3


def lines(loader, service: str, prefix: str) -> list[str]:
    """What the table says of a service's hosts; S3 has code of its own."""
    if service == "s3":
        return []
    partitions = loader.load_data("partitions")
    provider = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
    found = []
    differing_gov = False
    for partition in partitions["partitions"]:
        regions = [region for region in partition["regions"] if not region.endswith("-global")]
        ours = {(region, *flags): plain(prefix, partition, region, *flags) for region in regions for flags in FLAGS}
        theirs = {(region, *flags): resolved(provider, region, *flags) for region in regions for flags in FLAGS}
        if ours == theirs:
            continue
        answers = {tuple(theirs[region, *flags] for flags in FLAGS) for region in regions}
        gov = {(region, *flags): plain(prefix, partition, region, *flags, known={"gov"}) for region in regions for flags in FLAGS}
        if gov == theirs:
            differing_gov = True
        elif len(answers) == 1:
            hosts = next(iter(answers))
            signing = {region for _, region in hosts}
            assert len(signing) == 1, (service, hosts)
            found.append(f"host {partition['id']} {signing.pop()} {' '.join(host for host, _ in hosts)}")
        else:
            raise ValueError(f"{service}: the hosts of {partition['id']} follow no rule that the table can say: {answers}")
    if differing_gov:
        found.append("gov-fips")
    for partition in loader.load_data("endpoints")["partitions"]:
        known = partition["services"].get(prefix, {}).get("endpoints", {})
        regions = sorted(region for region in known if "fips" not in region and not region.endswith("-global"))
        all_regions = [region for region in partition["regions"] if not region.endswith("-global")]
        if regions and service in ("pricing", "cost-optimization-hub") and len(regions) <= FEW and len(all_regions) > len(regions):
            # The partition's own region comes first: whoever is in none of them is sent there.
            home = next(entry for entry in partitions["partitions"] if entry["id"] == partition["partition"])["outputs"]["implicitGlobalRegion"]
            regions.sort(key=lambda region: (region != home, region))
            found.append(f"regions {partition['partition']} {' '.join(regions)}")
    return found


FLAGS = [(fips, dual) for fips in (False, True) for dual in (False, True)]


def resolved(provider, region: str, fips: bool, dual: bool) -> tuple[str, str]:
    try:
        endpoint = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual)
    except (EndpointProviderError, BotoCoreError):
        return "-", region
    schemes = endpoint.properties.get("authSchemes", [{}])
    return re.sub(r"^https://", "", endpoint.url), schemes[0].get("signingRegion", region)


def plain(prefix: str, partition: dict, region: str, fips: bool, dual: bool, known: set[str] | None = None) -> tuple[str, str]:
    """What EndpointResolver.swift answers."""
    quirks = KNOWN.get(prefix, set()) if known is None else known
    has_fips = fips
    if partition["id"] == "aws-us-gov":
        if fips and not dual and "gov" in quirks and (prefix != "states" or region == "us-gov-west-1"):
            has_fips = False
        if fips and dual and "gov-dual" in quirks:
            has_fips = False
        if dual and "gov-dual-only" in quirks:
            has_fips = True
    outputs = partition["outputs"]
    suffix = outputs["dualStackDnsSuffix"] if dual else outputs["dnsSuffix"]
    return f"{prefix}{'-fips' if has_fips else ''}.{region}.{suffix}", region
