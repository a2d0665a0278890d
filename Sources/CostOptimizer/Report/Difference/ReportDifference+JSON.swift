internal import AgentKit
public import JSON

extension ReportDifference: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("isDifferent", !isEmpty)
    writer.member("from", from)
    writer.member("to", to)
    writer.member("savedCentsDifference", savedCentsDifference)
    writer.member("added", added)
    writer.member("removed", removed)
    writer.member("changed", changed)
    writer.key("resources")
    writer.beginArray()
    for count in resourceCounts {
      writer.beginObject()
      writer.member("service", count.service.rawValue)
      writer.member("from", count.from)
      writer.member("to", count.to)
      writer.endObject()
    }
    writer.endArray()
    writer.member("newGaps", newGaps)
    writer.member("goneGaps", goneGaps)
    writer.endObject()
  }
}

extension ReportDifference.Side: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("sessionId", sessionID)
    writer.member("accountId", accountID)
    writer.member("region", region)
    writer.member("createdAt", ISO8601.text(milliseconds: createdAtMilliseconds))
    writer.member("savedMonthly", Money.decimalText(cents: savedCents))
    writer.member("savedMonthlyCents", savedCents)
    writer.member("resourceCount", resourceCount)
    writer.member("recommendationCount", recommendationCount)
    writer.member("gapCount", gapCount)
    writer.endObject()
  }
}

extension ReportDifference.Change: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", to.finding.id)
    writer.member("title", to.finding.title)
    writer.member("resources", to.finding.resources)
    writer.member("savedCentsFrom", from.impact.savedCents.map(JSONValue.number) ?? .null)
    writer.member("savedCentsTo", to.impact.savedCents.map(JSONValue.number) ?? .null)
    writer.member("savedCentsDifference", savedCentsDifference.map(JSONValue.number) ?? .null)
    writer.key("figures")
    writer.beginArray()
    for figure in figures {
      writer.beginObject()
      writer.member("label", figure.label)
      writer.member("from", figure.from.map(JSONValue.string) ?? .null)
      writer.member("to", figure.to.map(JSONValue.string) ?? .null)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}
