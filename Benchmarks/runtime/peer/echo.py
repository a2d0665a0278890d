"""The echo function for awslambdaric: it decodes each event into dictionaries and encodes them again."""


def handler(event, context):
    return event
