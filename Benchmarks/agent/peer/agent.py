"""The peer's agent: it does what the cost agent does with an invocation, as AWS's SDK for Python would have it."""

from bedrock_agentcore import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload: dict) -> dict:
    return {"status": "started", "session_id": payload.get("session_id")}
