"""The functions' zips and the template, on their way into the stack."""

import json
import pathlib

from deployment.target import DeploymentError, Target, say


def ensure_bucket(target: Target, bucket: str, account: str) -> None:
    """The private bucket that code waits in on its way into the stack. Its name can be guessed, so it must be the account's own: whoever
    made one of that name first could read and replace the functions' code."""
    from botocore.exceptions import ClientError

    s3 = target.client("s3")
    foreign = f"the bucket {bucket} is not account {account}'s, or you may not look at it: code will not be sent there"
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        return
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 403:
            raise DeploymentError(foreign) from error
        if status != 404:
            raise
    say(f"creating the bucket {bucket}")
    place = {} if target.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": target.region}}
    try:
        s3.create_bucket(Bucket=bucket, **place)
    except ClientError as error:
        if error.response["Error"]["Code"] == "BucketAlreadyExists":
            raise DeploymentError(foreign) from error
        raise
    s3.put_public_access_block(Bucket=bucket, ExpectedBucketOwner=account, PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True})


def upload_assets(target: Target, assembly: pathlib.Path, stack: str, account: str) -> str:
    """Uploads what is not there yet; returns the address of the template."""
    from botocore.exceptions import ClientError

    s3 = target.client("s3")
    assets = json.loads((assembly / f"{stack}.assets.json").read_text())["files"]
    template = ""
    for asset in assets.values():
        source = assembly / asset["source"]["path"]
        if asset["source"]["packaging"] != "file":
            raise DeploymentError(f"asset {source.name}: packaging {asset['source']['packaging']!r} is not supported, only 'file'")
        for destination in asset["destinations"].values():
            bucket = destination["bucketName"].replace("${AWS::AccountId}", account).replace("${AWS::Region}", target.region)
            key = destination["objectKey"]
            ensure_bucket(target, bucket, account)
            try:
                s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=account)
            except ClientError:
                say(f"uploading {asset.get('displayName') or source.name} ({source.stat().st_size / 1e6:.1f} MB)")
                s3.upload_file(str(source), bucket, key, ExtraArgs={"ExpectedBucketOwner": account})
            if source.name == f"{stack}.template.json":
                template = s3.meta.endpoint_url + f"/{bucket}/{key}"
    return template
