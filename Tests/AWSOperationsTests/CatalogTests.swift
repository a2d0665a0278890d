import AWSClient
import JSON
import Testing

@testable import AWSOperations

/// What may be called, and what is said of the rest.
struct CatalogTests {
  @Test func everyTableCanBeRead() throws {
    for service in OperationCatalog.services {
      let text = try #require(OperationTables.text(service))
      let model = try #require(ServiceModel(name: service, table: text), "\(service)")
      let lines = text.description.split(separator: "\n")
      func count(_ marks: String...) -> Int { lines.count { line in marks.contains { line.hasPrefix("\($0) ") || line == $0 } } }
      #expect(model.operations.count == count("+"), "\(service)")
      #expect(model.refusals.count == count("-"), "\(service)")
      #expect(model.shapes.count == count("s", "u", "l", "m"), "\(service)")
      for operation in model.operations.values {
        for shape in [operation.input, operation.output].compactMap(\.self) {
          guard model.shapes.indices.contains(shape), case .structure = model.shapes[shape] else {
            Issue.record("\(service) \(operation.name)")
            continue
          }
        }
        #expect(operation.method == "GET" || operation.method == "HEAD" || operation.method == "POST", "\(operation.name)")
      }
      for shape in model.shapes {
        for type in shape.types { if case .shape(let number) = type { #expect(model.shapes.indices.contains(number)) } }
      }
    }
  }

  @Test(arguments: [
    ("lambda", "DeleteFunction", "lambda has no read-only operation 'DeleteFunction'"),
    ("lambda", "GetFunction", "lambda GetFunction is not called: it answers with an address that opens the customer's code"),
    ("dynamodb", "Scan", "dynamodb Scan is not called: it reads customers' data"),
    ("sts", "GetSessionToken", "sts GetSessionToken is not called: it hands out credentials"),
    ("lambda", "ListFunction", "did you mean ListFunctions"),
    ("lambda", "listFunctions", "did you mean ListFunctions"),
    ("Lambda", "ListFunctions", "there is no service 'Lambda' here; did you mean lambda?"),
    ("ce", "GetCostAndUsage", "each of its calls costs money"),
    ("", "", "there is no service ''"),
  ])
  func whatIsRefusedSaysWhy(service: String, operation: String, reason: String) async throws {
    let transport = RecordingTransport()
    let error = await #expect(throws: AWSError.self) { try await AWSOperations(transport.client()).call(service, operation, [:]) }
    #expect(error?.code == AWSOperations.notAllowedCode)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    #expect(transport.requests.isEmpty)
  }

  @Test func queriesOfLogsAreForCodeOnly() {
    for operation in ["StartQuery", "GetQueryResults", "StopQuery"] {
      #expect(OperationCatalog.refusal("logs", operation) == nil)
      #expect(OperationCatalog.whyCodeOnly("logs", operation) != nil)
    }
    #expect(OperationCatalog.whyCodeOnly("logs", "DescribeLogGroups") == nil)
  }

  @Test func aLineThatIsNoneIsLeftOut() throws {
    #expect(ServiceModel(name: "x", table: "nothing") == nil)
    #expect(ServiceModel(name: "x", table: "service X|x|x|smoke||| ") == nil)
    let model = try #require(ServiceModel(name: "x", table: "service X|x|x|json|1.1|T|\n+ A\n+ B . 0 -\nl\nm ?\ns A,? B,s\nhost aws\nwhat"))
    #expect(Array(model.operations.keys) == ["B"])
    #expect(model.shapes.count == 1)
  }
}

extension Shape {
  fileprivate var types: [ValueType] {
    switch self {
    case .structure(let members, _): members.map(\.type)
    case .list(let type, _, _), .map(let type, _, _, _): [type]
    }
  }
}
