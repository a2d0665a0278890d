import Telemetry
import Testing

@Suite struct TraceParentTests {
  static let traceID = "5bef4de7ad49b0e87f6ef6c87fc2e700"

  @Test func aW3CHeaderAndAnXRayHeaderAreTheSameTrace() throws {
    let parent = try #require(TraceParent(parsing: "00-\(Self.traceID)-9a9197af755a6419-01"))
    let header = TraceHeader(parent)
    #expect(header.description == "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
    #expect(header.traceID == Self.traceID)
    #expect(TraceParent(header) == parent)
    #expect(TraceParent(header)?.description == "00-\(Self.traceID)-9a9197af755a6419-01")
  }

  @Test func samplingThatIsNotDecidedIsNone() throws {
    let header = TraceHeader(root: "1-5bef4de7-ad49b0e87f6ef6c87fc2e700", parent: "9A9197AF755A6419")
    #expect(TraceParent(header)?.description == "00-\(Self.traceID)-9a9197af755a6419-00")
    #expect(TraceParent(TraceHeader(root: header.root)) == nil)
  }

  @Test func laterVersionsAreReadAsFarAsTheyAreKnown() throws {
    #expect(TraceParent(parsing: "01-\(Self.traceID)-9a9197af755a6419-03-more")?.isSampled == true)
  }

  @Test(arguments: [
    "", "00", "00-\(traceID)-9a9197af755a6419", "ff-\(traceID)-9a9197af755a6419-01", "00-\(traceID)-9a9197af755a6419-01-more",
    "00-\(traceID.uppercased())-9a9197af755a6419-01", "00-00000000000000000000000000000000-9a9197af755a6419-01",
    "00-\(traceID)-0000000000000000-01", "00-\(traceID)-9a9197af755a6419-1", "00-\(traceID)-9a9197af755a641-01",
    "0-\(traceID)-9a9197af755a6419-01",
  ])
  func otherTextIsNone(text: String) {
    #expect(TraceParent(parsing: text) == nil)
  }
}
