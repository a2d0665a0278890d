import AWSClient
import JSON
import Testing

@testable import CostOptimizer

@Suite("What discovery cannot read")
struct DiscoveryGapsTests {
  private static func functions(_ range: Range<Int>) -> JSONValue { .array(range.map { DiscoveryTests.listed(name($0)) }) }

  private static func name(_ number: Int) -> String { "f\(String(10_000 + number).dropFirst())" }

  /// An account with so many functions, in pages of 50, and nothing else.
  private static func account(functions count: Int, _ more: [String: [RecordedAccount.Recording]] = [:]) -> RecordedAccount {
    var pages: [RecordedAccount.Recording] = []
    for begin in stride(from: 0, to: count, by: 50) {
      var answer: JSONObject = ["Functions": functions(begin..<min(count, begin + 50))]
      if begin + 50 < count { answer["NextMarker"] = .string("\(begin + 50)") }
      pages.append(.answer(.object(answer), to: begin == 0 ? [:] : ["Marker": .string("\(begin)")]))
    }
    return DiscoveryTests.account(
      ["lambda.ListFunctions": pages].merging(DiscoveryTests.details) { $1 }.merging(more) { $1 })
  }

  @Test(
    "Calls grow with the number of functions: a page for 50, three calls for each, and one for the account", arguments: [10, 100, 1000])
  func callsGrowLinearly(count: Int) async {
    let account = Self.account(functions: count)
    let inventory = await DiscoveryTests.discover(account)
    #expect(inventory.functions.count == count)
    #expect(inventory.functions.map(\.reference.name) == (0..<count).map(Self.name))
    #expect(inventory.gaps == [])
    let calls = account.counts.filter { $0.key.hasPrefix("lambda.") }.values.reduce(0, +)
    #expect(calls == (count + 49) / 50 + 3 * count + 1)
  }

  @Test("An operation that is denied for 1,000 functions is one gap with a count, and is given up after a few calls")
  func deniedOperation() async throws {
    let account = Self.account(functions: 1000, ["lambda.GetFunctionConcurrency": [.denied()]])
    let inventory = await DiscoveryTests.discover(account)
    #expect(inventory.functions.count == 1000)
    let gap = try #require(inventory.gaps.first)
    #expect(inventory.gaps.count == 1)
    #expect(gap.kind == .permission)
    #expect(gap.count == 1000)
    #expect(
      gap.message
        == "lambda GetFunctionConcurrency of f0000 failed with AccessDeniedException: User: arn:aws:iam::123456789012:role/agent is not "
        + "authorized (it kept failing, so it was not asked for every resource)")
    #expect(gap.consequence == "No advice on reserved concurrency of these functions.")
    // Three failures, and what was under way when the third came.
    #expect(account.counts["lambda.GetFunctionConcurrency"].map { $0 >= 3 && $0 <= 3 + 4 } == true)
  }

  @Test("An operation that is denied for a few functions is asked for all the others")
  func deniedForSome() async throws {
    let denied = (10..<15).map { RecordedAccount.Recording.denied(to: ["FunctionName": .string(Self.name($0))]) }
    let account = Self.account(functions: 100, ["lambda.ListAliases": denied + [.answer(["Aliases": [["Name": "live"]]])]])
    let inventory = await DiscoveryTests.discover(account)
    #expect(account.counts["lambda.ListAliases"] == 100)
    #expect(inventory.functions.filter { $0.aliases == nil }.count == 5)
    let gap = try #require(inventory.gaps.first)
    #expect(gap.count == 5)
    #expect(gap.message.hasPrefix("lambda ListAliases of f0010 failed with AccessDeniedException"))
    #expect(!gap.message.hasSuffix("every resource)"))
  }

  @Test("A service that fails costs its own resources only")
  func failingServices() async {
    for operation in DiscoveryTests.empty.keys.sorted() where operation != "sts.GetCallerIdentity" {
      let account = Self.account(
        functions: operation == "lambda.ListFunctions" ? 0 : 2, [operation: [.error("InternalFailure", "try later", status: 500)]])
      let inventory = await DiscoveryTests.discover(account)
      #expect(inventory.gaps.map(\.kind) == [.serviceFailure], "\(operation)")
      #expect(inventory.gaps.first?.message.hasSuffix("failed with InternalFailure: try later") == true, "\(operation)")
      #expect(inventory.gaps.first?.consequence != nil, "\(operation)")
      #expect(inventory.functions.count == (operation == "lambda.ListFunctions" ? 0 : 2), "\(operation)")
    }
  }

  @Test("Without the account's number the rest is read")
  func deniedIdentity() async {
    let inventory = await DiscoveryTests.discover(Self.account(functions: 1, ["sts.GetCallerIdentity": [.denied()]]))
    #expect(inventory.accountID == "")
    #expect(inventory.functions.count == 1)
    #expect(inventory.gaps.map(\.subject) == ["Account"])
  }

  @Test("A list that fails in its middle keeps the pages before, and says so")
  func brokenList() async {
    let account = Self.account(
      functions: 0,
      [
        "lambda.ListFunctions": [
          .answer(["Functions": Self.functions(0..<50), "NextMarker": "next"]),
          .error("TooManyRequestsException", "Rate exceeded", status: 429, to: ["Marker": "next"]),
        ]
      ])
    let inventory = await DiscoveryTests.discover(account)
    #expect(inventory.functions.count == 50)
    #expect(inventory.gaps.map(\.message) == ["lambda ListFunctions failed with TooManyRequestsException: Rate exceeded"])
    #expect(inventory.gaps.map(\.consequence) == ["Functions are missing from this report."])
  }

  @Test("A service of which no list could be read has no count, and a gap of its name; a part of a list counts")
  func unreadServices() async {
    let lists: [(ResourceReference.Service, [String])] = [
      (.lambda, ["lambda.ListFunctions"]), (.apiGateway, ["apigateway.GetRestApis"]), (.apiGateway, ["apigatewayv2.GetApis"]),
      (.dynamoDB, ["dynamodb.ListTables"]), (.s3, ["s3.ListBuckets"]), (.stepFunctions, ["stepfunctions.ListStateMachines"]),
      (.eventBridge, ["events.ListRules", "scheduler.ListSchedules"]), (.eventBridge, ["scheduler.ListSchedules"]),
    ]
    for (service, operations) in lists {
      let denied = Dictionary(uniqueKeysWithValues: operations.map { ($0, [RecordedAccount.Recording.denied()]) })
      let inventory = await DiscoveryTests.discover(DiscoveryTests.account(denied))
      #expect(inventory.resourceCounts[service] == nil, "\(operations)")
      #expect(inventory.resourceCounts.count == ResourceReference.Service.allCases.count - 1, "\(operations)")
      #expect(inventory.gaps.contains { $0.subject == service.rawValue }, "\(operations)")
    }
    let rule: JSONValue = ["Name": "tick", "Arn": "arn:r/tick", "EventPattern": "{}"]
    let inventory = await DiscoveryTests.discover(
      DiscoveryTests.account([
        "scheduler.ListSchedules": [.denied()], "events.ListRules": [.answer(["Rules": [rule]])],
        "events.ListTargetsByRule": [.answer(["Targets": []])],
      ]))
    #expect(inventory.resourceCounts[.eventBridge] == 1)
  }

  @Test("Without the account's settings its limit is not known, which is a gap and costs no function")
  func deniedAccountSettings() async {
    for recording in [RecordedAccount.Recording.denied(), .answer(["AccountLimit": [:]])] {
      let inventory = await DiscoveryTests.discover(Self.account(functions: 2, ["lambda.GetAccountSettings": [recording]]))
      #expect(inventory.accountConcurrencyLimit == nil)
      #expect(inventory.functions.count == 2)
      #expect(inventory.resourceCounts[.lambda] == 2)
      #expect(inventory.gaps.map(\.consequence) == ["No advice on functions without a reservation that were throttled."])
    }
  }

  @Test("A list that goes round in a circle ends with a gap")
  func circle() async {
    let account = Self.account(
      functions: 0,
      [
        "lambda.ListFunctions": [
          .answer(["Functions": [DiscoveryTests.listed("a")], "NextMarker": "1"]),
          .answer(["Functions": [DiscoveryTests.listed("b")], "NextMarker": "2"], to: ["Marker": "1"]),
          .answer(["Functions": [DiscoveryTests.listed("c")], "NextMarker": "1"], to: ["Marker": "2"]),
        ]
      ])
    let inventory = await DiscoveryTests.discover(account)
    #expect(inventory.functions.map(\.reference.name) == ["a", "b", "c"])
    #expect(
      inventory.gaps.map(\.message) == ["lambda ListFunctions gave the same page token twice after 3 pages; the list ends there."])
  }

  @Test("A resource that is deleted between the list and the look at it does not end the looking")
  func deletedMeanwhile() async {
    let account = Self.account(
      functions: 30,
      [
        "lambda.GetFunctionConcurrency": (0..<10).map {
          .error("ResourceNotFoundException", "Function not found", status: 404, to: ["FunctionName": .string(Self.name($0))])
        } + [.answer(["ReservedConcurrentExecutions": 3])]
      ])
    let inventory = await DiscoveryTests.discover(account)
    #expect(inventory.functions.filter { $0.reservedConcurrency == 3 }.count == 20)
    #expect(inventory.gaps.map(\.count) == [10])
  }

  @Test("An answer that is not what the service documents is a gap, and no crash")
  func malformedAnswers() async {
    let odd: [JSONValue] = [
      [:], [], "text", 7, nil, ["Functions": 3], ["Functions": [[:], 5, "f", ["FunctionName": "x"]]], ["Functions": nil],
      ["Functions": [["FunctionName": 1, "FunctionArn": [], "MemorySize": "big"]]],
    ]
    for answer in odd {
      let account = Self.account(functions: 0, ["lambda.ListFunctions": [.answer(answer)]])
      let inventory = await DiscoveryTests.discover(account)
      #expect(inventory.functions == [])
      #expect(inventory.gaps.allSatisfy { $0.message.hasPrefix("ListFunctions answered with a function without") })
    }
  }

  @Test("A cancelled discovery ends early and says so")
  func cancelled() async {
    let account = RecordedAccount(DiscoveryTests.empty) { call in
      if call.operation == "ListFunctions" { withUnsafeCurrentTask { $0?.cancel() } }
      return nil
    }
    let inventory = await Task { await DiscoveryTests.discover(account) }.value
    #expect(inventory.gaps.map(\.message) == ["The analysis was cancelled before the account was read to its end."])
    #expect(account.counts.count <= 3)
  }

  @Test("The order of resources and gaps does not depend on the order of answers")
  func deterministic() async {
    let denied: [String: [RecordedAccount.Recording]] = ["lambda.ListAliases": [.denied()], "s3.ListBuckets": [.denied()]]
    // As many as a call fails for before it is given up: whether a fourth is still asked depends on how many calls are under way.
    let names = ["b", "a", "c"]
    func account(_ names: [String]) -> RecordedAccount {
      Self.account(
        functions: 0,
        denied.merging(["lambda.ListFunctions": [.answer(["Functions": .array(names.map { DiscoveryTests.listed($0) })])]]) { $1 })
    }
    // How many calls are made before a denied one is given up depends on how many are under way.
    func discover(_ names: [String]) async -> Inventory {
      var inventory = await DiscoveryTests.discover(account(names))
      inventory.callCount = 0
      return inventory
    }
    let first = await discover(names)
    #expect(first.gaps.count == 2)
    for _ in 0..<5 { #expect(await discover(names.shuffled()) == first) }
  }
}
