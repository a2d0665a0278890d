import Telemetry
import Testing

@Suite struct TraceHeaderTests {
  static let root = "1-5bef4de7-ad49b0e87f6ef6c87fc2e700"

  @Test func readsAndWritesWhole() throws {
    let text = "Root=\(Self.root);Parent=9a9197af755a6419;Sampled=1;Lineage=1:fc3b4ff1:0"
    let header = try #require(TraceHeader(parsing: text))
    #expect(header.root == Self.root)
    #expect(header.parent == "9a9197af755a6419")
    #expect(header.isSampled == true)
    #expect(header.description == text)
  }

  @Test func readsPartsInAnyOrder() throws {
    let header = try #require(TraceHeader(parsing: "Sampled=0; Root=\(Self.root)"))
    #expect(header.parent == nil)
    #expect(header.isSampled == false)
    #expect(header.description == "Root=\(Self.root);Sampled=0")
  }

  @Test func undecidedSamplingStaysUndecided() throws {
    #expect(try #require(TraceHeader(parsing: "Root=\(Self.root);Sampled=?")).description == "Root=\(Self.root)")
  }

  @Test(arguments: [
    "", "Root", "Root=", "Root=1-5bef4de7", "Root=2-5bef4de7-ad49b0e87f6ef6c87fc2e700", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e70g",
    "Parent=9a9197af755a6419;Sampled=1", "Root=\(root);junk", "Root=\(root);Self=\(String(repeating: "x", count: 600))",
  ])
  func refusesOtherText(text: String) {
    #expect(TraceHeader(parsing: text) == nil)
  }

  @Test func continuesATrace() throws {
    let header = try #require(TraceHeader(parsing: "Root=\(Self.root);Parent=9a9197af755a6419;Sampled=1;Lineage=a:1"))
    #expect(header.continued(by: "00000000000000ff").description == "Root=\(Self.root);Parent=00000000000000ff;Sampled=1;Lineage=a:1")
  }

  @Test func theTraceOfAMessageHoldsForItsTask() async {
    let header = TraceHeader(root: Self.root)
    await TraceHeader.with(header) {
      #expect(TraceHeader.current == header)
      await TraceHeader.with(nil) { #expect(TraceHeader.current == header) }
    }
    #expect(TraceHeader.current != header)
  }
}
