import JSON
import Synchronization
import Testing

@testable import Telemetry

/// Sampling, the buffer, and the fields of an invocation.
@Suite struct InvocationLogTests {
  struct Failed: Error {}

  let lines = Lines()

  func logger(sampleRate: Double = 0, bufferBytes: Int = 0, floor: LogLevel = .debug, random: [Double] = []) -> Logger {
    let numbers = Numbers(random)
    return Logger(
      LoggerSettings(floor: floor, sampleRate: sampleRate, bufferBytes: bufferBytes), nowMilliseconds: { 0 }, random: numbers.next,
      output: lines.take)
  }

  /// Numbers that were drawn beforehand; 1 after the last of them.
  final class Numbers: Sendable {
    private let left: Mutex<[Double]>
    init(_ numbers: [Double]) { left = Mutex(numbers) }
    @Sendable func next() -> Double { left.withLock { $0.isEmpty ? 1 : $0.removeFirst() } }
  }

  func messages() throws -> [String] { try lines.objects().map { $0["message"]?.stringValue ?? "" } }

  // MARK: Sampling

  @Test func whetherAnInvocationIsSampledIsDecidedOnce() async throws {
    let logger = logger(sampleRate: 0.1, random: [0.05, 0.1, 0.5])
    for name in ["a", "b"] {
      await logger.withInvocation {
        logger.debug("\(name) 1")
        logger.trace("\(name) trace")
        logger.info("\(name) 2")
        logger.debug("\(name) 3")
      }
    }
    #expect(try messages() == ["a 1", "a 2", "a 3", "b 2"])
    #expect(try lines.objects().map { $0["sampling_rate"]?.doubleValue } == [0.1, 0.1, 0.1, nil])
  }

  @Test func outsideOfAnInvocationNothingIsSampled() {
    logger(sampleRate: 1, random: [0]).debug("quiet")
    #expect(lines.all.isEmpty)
  }

  @Test func linesThatLambdaDropsAreNotSampled() async throws {
    let logger = logger(sampleRate: 1, floor: .info, random: [0])
    await logger.withInvocation { logger.debug("quiet") }
    #expect(lines.all.isEmpty)
  }

  // MARK: The buffer

  @Test func keptLinesAreWrittenBeforeAnError() async throws {
    let logger = logger(bufferBytes: 10_000)
    await logger.withInvocation {
      logger.debug("1")
      logger.info("2")
      logger.error("3")
      logger.debug("4")
    }
    #expect(try messages() == ["2", "1", "3"])
    #expect(try lines.objects()[1]["level"] == "DEBUG")
  }

  @Test func keptLinesAreWrittenWhenTheInvocationFails() async throws {
    let logger = logger(bufferBytes: 10_000)
    await #expect(throws: Failed.self) {
      try await logger.withInvocation {
        logger.debug("1")
        throw Failed()
      }
    }
    await logger.withInvocation { logger.error("of the next one") }
    #expect(try messages() == ["1", "of the next one"])
  }

  @Test func theLinesOfASuccessAreForgotten() async throws {
    let logger = logger(bufferBytes: 10_000)
    await logger.withInvocation { logger.debug("1") }
    #expect(lines.all.isEmpty)
  }

  @Test func theBufferKeepsTheNewestAndTellsHowManyAreMissing() async throws {
    let logger = logger(bufferBytes: 1_000)
    await logger.withInvocation {
      for number in 0..<500 { logger.debug("\(number)") }
      logger.flush()
    }
    let messages = try messages()
    #expect(messages.first?.hasSuffix("earlier lines did not fit into the log's buffer") == true)
    #expect(messages.last == "499")
    let kept = messages.count - 1
    #expect(messages.first?.hasPrefix("\(500 - kept) ") == true)
    #expect(lines.all.dropFirst().reduce(0) { $0 + $1.utf8.count } <= 1_000)
  }

  @Test func aLineAsLargeAsTheBufferIsKeptAndALargerOneIsNot() {
    var buffer = LineBuffer(capacity: 4)
    buffer.append([1, 2, 3, 4])
    #expect(buffer.take().lines == [[1, 2, 3, 4]])
    buffer.append([9])
    buffer.append([1, 2, 3, 4, 5])
    let taken = buffer.take()
    #expect(taken.lines == [[9]])
    #expect(taken.dropped == 1)
    #expect(buffer.take().lines == [])
  }

  @Test func keptLinesCarryTheFieldsOfTheirTime() async throws {
    let logger = logger(bufferBytes: 10_000)
    await logger.withInvocation {
      await Correlation.with(["step": 1]) { logger.debug("1") }
      await Correlation.with(["step": 2]) { logger.error("2") }
    }
    #expect(try lines.objects().map { $0["step"] } == [1, 2])
  }

  @Test func whatIsKeptBackIsEnabled() async {
    let logger = logger(bufferBytes: 10)
    #expect(!logger.isEnabled(.debug))
    await logger.withInvocation {
      #expect(logger.isEnabled(.debug))
      #expect(!logger.isEnabled(.trace))
    }
  }

  // MARK: Fields

  @Test func fieldsAddedOnTheWayHoldToTheEndOfTheInvocation() async throws {
    let logger = logger()
    let other = logger.with(["logger": "other"])
    await logger.withInvocation(["requestId": "r-1"]) {
      logger.info("1")
      await withTaskGroup { group in
        group.addTask { logger.addToInvocation(["order": "o-1"]) }
      }
      other.info("2")
    }
    logger.info("3")
    logger.addToInvocation(["lost": true])
    logger.info("4")
    let objects = try lines.objects()
    #expect(objects.map { $0["requestId"] } == ["r-1", "r-1", nil, nil])
    #expect(objects.map { $0["order"] } == [nil, "o-1", nil, nil])
    #expect(objects[3]["lost"] == nil)
  }

  @Test func invocationsAtTheSameTimeKeepTheirFieldsApart() async throws {
    let logger = logger()
    await withTaskGroup { group in
      for number in 0..<20 {
        group.addTask {
          await logger.withInvocation(["requestId": .string("\(number)")]) {
            logger.addToInvocation(["order": .string("\(number)")])
            await Task.yield()
            logger.info("line", ["number": .string("\(number)")])
          }
        }
      }
    }
    for line in try lines.objects() {
      #expect(line["requestId"] == line["number"])
      #expect(line["order"] == line["number"])
    }
  }
}
