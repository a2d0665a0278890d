import AWSClient
import JSON
import Testing

@testable import Parameters

@Suite struct ParametersTests {
  let service = ValueService(["/shop/limit": "7", "/shop/db/user": "ada", "/shop/db/host": "db", "list": "a,,b"])
  let clock = ManualClock()
  var parameters: Parameters { Parameters(service, clock: clock) }

  static let overloaded = AWSError(code: "ThrottlingException", message: "", httpStatus: 400, isRetryable: true, isThrottling: true)
  static let denied = AWSError(code: "AccessDeniedException", message: "", httpStatus: 400)

  @Test func aValueIsKeptForItsTime() async throws {
    let parameters = parameters
    #expect(try await parameters.value("/shop/limit").text == "7")
    service.set("/shop/limit", "8")
    clock.advance(299_999)
    #expect(try await parameters.value("/shop/limit").text == "7")
    clock.advance(1)
    #expect(try await parameters.value("/shop/limit").text == "8")
    #expect(service.calls == ["/shop/limit true", "/shop/limit true"])
  }

  @Test func aForcedCallFetchesAnew() async throws {
    let parameters = parameters
    _ = try await parameters.value("/shop/limit")
    service.set("/shop/limit", "8")
    #expect(try await parameters.value("/shop/limit", isForced: true).text == "8")
    #expect(try await parameters.value("/shop/limit").text == "8")
    parameters.removeAll()
    _ = try await parameters.value("/shop/limit")
    #expect(service.calls.count == 3)
  }

  @Test func decryptionCanBeLeftOut() async throws {
    _ = try await Parameters(service, decrypts: false).value("/shop/limit")
    #expect(service.calls == ["/shop/limit false"])
  }

  @Test func whatIsNotThereIsNamed() async throws {
    let error = await #expect(throws: ParameterError.self) { _ = try await parameters.value("nothing") }
    #expect(error?.description == "there is no parameter 'nothing'")
    let several = await #expect(throws: ParameterError.self) { _ = try await parameters.values(["/shop/limit", "x", "y"]) }
    #expect(several == .notFound(names: ["x", "y"]))
  }

  @Test func severalAreReadTenInACall() async throws {
    for number in 10..<35 { service.set("p\(number)", "\(number)") }
    let parameters = parameters
    let names = (10..<35).map { "p\($0)" }
    let values = try await parameters.values(names + ["p10"])
    #expect(values.count == 25)
    #expect(values["p34"]?.text == "34")
    #expect(service.calls.map { $0.split(separator: ",").count } == [10, 10, 5])
    _ = try await parameters.values(names)
    _ = try await parameters.value("p20")
    #expect(service.calls.count == 3)
    service.set("new", "n")
    _ = try await parameters.values(["p20", "new"])
    #expect(service.calls.last == "new")
  }

  @Test func versionsAndARNsAreFoundByWhatWasAskedFor() async throws {
    service.set("limit:3", "three")
    service.set("arn:aws:ssm:us-east-1:1:parameter/limit", "arn")
    let values = try await parameters.values(["limit:3", "arn:aws:ssm:us-east-1:1:parameter/limit"])
    #expect(values["limit:3"]?.text == "three")
    #expect(values["arn:aws:ssm:us-east-1:1:parameter/limit"]?.text == "arn")
  }

  @Test func aPathIsReadPageByPage() async throws {
    let parameters = parameters
    for _ in 0..<2 {
      let values = try await parameters.values(below: "/shop")
      #expect(values.mapValues(\.text) == ["limit": "7", "db/user": "ada", "db/host": "db"])
    }
    #expect(service.calls == ["/shop true ", "/shop true 2"])
    #expect(try await parameters.values(below: "/shop/", isRecursive: false).keys.contains("limit"))
    #expect(service.calls.last == "/shop/ false 2")
  }

  // MARK: At the same time

  @Test func thoseWhoAskAtTheSameTimeShareACall() async throws {
    let parameters = parameters
    let (begun, open) = service.close()
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      group.addTask { try await parameters.value("/shop/limit").text }
      for await _ in begun { break }
      for _ in 0..<10 { group.addTask { try await parameters.value("/shop/limit").text } }
      await Task.yield()
      open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(texts == Array(repeating: "7", count: 11))
    #expect(service.calls.count == 1)
  }

  @Test func whenTheFirstIsCancelledTheNextFetches() async throws {
    let parameters = parameters
    let (begun, open) = service.close()
    let first = Task { try await parameters.value("/shop/limit").text }
    for await _ in begun { break }
    let second = Task { try await parameters.value("/shop/limit").text }
    first.cancel()
    open()
    await #expect(throws: CancellationError.self) { _ = try await first.value }
    #expect(try await second.value == "7")
  }

  @Test func whoWaitsCanBeCancelled() async throws {
    let parameters = parameters
    let (begun, open) = service.close()
    let first = Task { try await parameters.value("/shop/limit").text }
    for await _ in begun { break }
    let second = Task { try await parameters.value("/shop/limit").text }
    second.cancel()
    await #expect(throws: CancellationError.self) { _ = try await second.value }
    open()
    #expect(try await first.value == "7")
  }

  @Test func aForcedCallTakesNothingThatWasAskedForBefore() async throws {
    let cache = ValueCache(policy: CachePolicy(), clock: clock)
    let (begun, open) = service.close()
    let fetch = { @Sendable [service] () async throws -> ValueCache.Values in
      _ = try await service.getParameter(GetParameterInput(name: "/shop/limit"))
      return [:]
    }
    let old = Task { try await cache.values("k", fetch: fetch) }
    for await _ in begun { break }
    let forced = Task { try await cache.values("k", isForced: true, fetch: fetch) }
    while cache.waiterCount("k") == 0 { await Task.yield() }
    open()
    _ = try await old.value
    _ = try await forced.value
    #expect(service.calls.count == 2)
  }

  /// The names of a batch are kept one by one; a password that was rotated meanwhile must not come back by it.
  @Test func aBatchThatBeganEarlierBringsNoOldValueBack() async throws {
    let reader = LateReader(service)
    let parameters = Parameters(reader, clock: clock)
    let batch = Task { try await parameters.values(["/shop/limit", "list"]) }
    for await _ in reader.begun { break }
    service.set("/shop/limit", "8")
    #expect(try await parameters.value("/shop/limit", isForced: true).text == "8")
    reader.open()
    #expect(try await batch.value["/shop/limit"]?.text == "7")
    #expect(try await parameters.value("/shop/limit").text == "8")
    #expect(try await parameters.value("list").text == "a,,b")
  }

  @Test func whatIsTooOldForAnyUseIsForgotten() async throws {
    let cache = ValueCache(policy: CachePolicy(timeToLiveMilliseconds: 1_000, staleMilliseconds: 1_000), clock: clock)
    for number in 0..<10_000 {
      clock.advance(100)
      _ = try await cache.values("\(number)") { [:] }
    }
    #expect(cache.count <= 300)
    #expect(cache.fresh("9999") != nil)
    #expect(cache.fresh("9995") != nil)
  }

  // MARK: Failures

  @Test func aFailureIsNotKept() async throws {
    let parameters = parameters
    service.fail(with: Self.overloaded)
    await #expect(throws: AWSError.self) { _ = try await parameters.value("/shop/limit") }
    service.fail(with: nil)
    #expect(try await parameters.value("/shop/limit").text == "7")
  }

  @Test func anOldValueMayServeWhileTheServiceCannot() async throws {
    let parameters = Parameters(service, policy: CachePolicy(timeToLiveMilliseconds: 1_000, staleMilliseconds: 5_000), clock: clock)
    _ = try await parameters.value("/shop/limit")
    service.fail(with: Self.overloaded)
    clock.advance(5_999)
    #expect(try await parameters.value("/shop/limit").text == "7")
    service.fail(with: Self.denied)
    await #expect(throws: AWSError.self) { _ = try await parameters.value("/shop/limit") }
    service.fail(with: Self.overloaded)
    clock.advance(1)
    await #expect(throws: AWSError.self) { _ = try await parameters.value("/shop/limit") }
  }

  // MARK: Secrets

  @Test func secretsAreKeptByTheirStage() async throws {
    service.set("prod/db", #"{"user":"ada","password":"hunter2"}"#)
    service.set("binary/key", "")
    let secrets = Secrets(service, clock: clock)
    struct Login: Codable {
      var user: String
      var password: String
    }
    for _ in 0..<2 { #expect(try await secrets.value("prod/db").decoded(as: Login.self).password == "hunter2") }
    _ = try await secrets.value("prod/db", versionStage: "AWSPREVIOUS")
    #expect(try await secrets.value("binary/key").bytes == [0, 255])
    #expect(service.calls == ["prod/db ", "prod/db AWSPREVIOUS", "binary/key "])
    await #expect(throws: ParameterError.notFound(names: ["none"])) { _ = try await secrets.value("none") }
  }
}
