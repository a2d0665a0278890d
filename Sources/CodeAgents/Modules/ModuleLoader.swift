import AWSClient
public import AgentKit
import Synchronization

/// Fetches modules from the code bucket, and hands out none that is not what its row says: the SHA-256 is verified before anything else.
///
/// Modules are kept in memory by their hashes. Several that ask for the same one at a time make one request.
public final class ModuleLoader: Sendable {
  public struct Options: Sendable, Equatable {
    /// The largest module, in bytes.
    public var maximumBytes = 1_000_000
    /// What is kept in memory, in bytes; 0 for nothing.
    public var cacheBytes = 16_000_000
    /// Requests for one module, each with the client's own retries, while the failure is one that passes.
    public var attempts = 3

    public init() {}
  }

  private typealias Outcome = Result<[UInt8], ModuleFailure>

  private struct State {
    var cache: ModuleCache
    /// Who waits for a module that is being fetched, by its hash.
    var flights: [String: [CheckedContinuation<Outcome?, Never>]] = [:]
  }

  private enum Part {
    case has([UInt8])
    case fetches
    case waits
  }

  private let blobs: any BlobStore
  private let options: Options
  private let clock: any Clock
  private let pause: @Sendable (Int64) async throws -> Void
  private let state: Mutex<State>

  /// - Parameter pause: waits so many milliseconds, or throws when the task is cancelled.
  public init(
    blobs: any BlobStore, options: Options = Options(), clock: any Clock,
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
  ) {
    self.blobs = blobs
    self.options = options
    self.clock = clock
    self.pause = pause
    state = Mutex(State(cache: ModuleCache(capacityBytes: options.cacheBytes)))
  }

  /// The module's bytes.
  /// - Parameters:
  ///   - key: of the object, below `agents/` or `tools/`.
  ///   - sha256: 64 hexadecimal digits, of either case.
  ///   - untilMilliseconds: when to stop trying, in milliseconds since the Unix epoch.
  public func load(key: String, sha256: String, untilMilliseconds: Int64) async throws(ModuleFailure) -> [UInt8] {
    let sha256 = sha256.lowercased()
    while true {
      let part = state.withLock { state in
        if let bytes = state.cache.bytes(of: sha256) { return Part.has(bytes) }
        guard state.flights[sha256] == nil else { return .waits }
        state.flights[sha256] = []
        return .fetches
      }
      switch part {
      case .has(let bytes): return bytes
      case .fetches:
        let outcome: Outcome
        do throws(ModuleFailure) {
          outcome = .success(try await fetch(key: key, sha256: sha256, untilMilliseconds: untilMilliseconds))
        } catch {
          outcome = .failure(error)
        }
        let waiting = state.withLock { state in
          if case .success(let bytes) = outcome { state.cache.insert(bytes, sha256: sha256) }
          return state.flights.removeValue(forKey: sha256) ?? []
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
        return try outcome.get()
      case .waits:
        switch await outcomeOfFlight(sha256) {
        case .success(let bytes): return bytes
        // The other may have had less time, or another name of the object.
        case .failure, nil: continue
        }
      }
    }
  }

  /// What becomes of the request that is under way; nil when there is none any more.
  private func outcomeOfFlight(_ sha256: String) async -> Outcome? {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        guard state.flights[sha256] != nil else { return true }
        state.flights[sha256]?.append(continuation)
        return false
      }
      if isOver { continuation.resume(returning: nil) }
    }
  }

  // MARK: One module

  private func fetch(key: String, sha256: String, untilMilliseconds: Int64) async throws(ModuleFailure) -> [UInt8] {
    var attempt = 1
    while true {
      let blob: LimitedBlob?
      do {
        blob = try await blobs.get(key: key, limit: options.maximumBytes)
      } catch let error as AWSError where error.code == "AccessDenied" {
        // S3 says so of an object that is not there to a role that may not list the bucket, and no function may.
        throw ModuleFailure(
          .notFound,
          "There is no code at '\(key)', or this function may not read it (S3 says \(error.code)): the registry's row must name an object that "
            + "is in the bucket.")
      } catch {
        let milliseconds = Int64(100) << Int64(attempt)
        guard attempt < options.attempts, Self.passes(error), clock.nowMilliseconds + milliseconds < untilMilliseconds,
          (try? await pause(milliseconds)) != nil
        else {
          throw ModuleFailure(
            .unavailable,
            "The code at '\(key)' could not be fetched in \(attempt) attempt\(attempt == 1 ? "" : "s"): \(error). Try again later.")
        }
        attempt += 1
        continue
      }
      switch blob {
      case .whole(let bytes): return try verified(bytes, key: key, sha256: sha256)
      case .tooLarge:
        throw ModuleFailure(.tooLarge, "The code at '\(key)' has more than \(options.maximumBytes) bytes, which is the most that is run.")
      case nil:
        throw ModuleFailure(.notFound, "There is no code at '\(key)': the registry's row names an object that is not in the bucket.")
      }
    }
  }

  private func verified(_ bytes: [UInt8], key: String, sha256: String) throws(ModuleFailure) -> [UInt8] {
    let found: String
    do { found = try ContentHash.sha256(bytes) } catch {
      throw ModuleFailure(.unavailable, "The hash of the code at '\(key)' could not be made: \(error)")
    }
    guard found == sha256 else {
      throw ModuleFailure(
        .hashMismatch,
        "The code at '\(key)' has the SHA-256 \(found) and should have \(sha256): it is not what was registered, and is not run. "
          + "A person must look who changed it.")
    }
    return bytes
  }

  /// Whether the same request may succeed later.
  private static func passes(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError: false
    case let error as AWSError: error.isRetryable || error.isSureToHaveDoneNothing || error.code == AWSError.checksumCode
    default: true
    }
  }
}
