"""Reads one item after the other with boto3, for ever."""

import boto3

table = boto3.client("dynamodb")
while True:
    output = table.get_item(TableName="users", Key={"pk": {"S": "user#0001"}, "sk": {"S": "profile"}})
    if output["Item"]["name"] != {"S": "Ada Lovelace"}:
        raise SystemExit("the answer does not hold the item")
