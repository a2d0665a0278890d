import Simulation
import Synchronization

/// The search for the first world that catches a mutant.
struct Hunt: Sendable {
  /// Worlds in which a mutant has to be caught.
  static let mostSeeds: UInt64 = 1_000

  let mutant: Mutant
  /// nil when no world has caught it.
  let seed: UInt64?
  let violation: Violation?

  /// Runs worlds 1, 2, 3... until one catches the mutant: the worlds, with the faults, in which the product keeps every promise.
  static func run(_ mutant: Mutant) async throws -> Hunt {
    var options = World.Options()
    options.implementation = mutant.implementation
    for seed in 1...mostSeeds {
      if let violation = try World(seed: seed, options: options).run().violation {
        return Hunt(mutant: mutant, seed: seed, violation: violation)
      }
      // A world waits for nothing, and other tests want to go on too.
      await Task.yield()
    }
    return Hunt(mutant: mutant, seed: nil, violation: nil)
  }
}

/// The hunts of this process: each mutant is hunted once, whichever test asks first.
final class Hunts: Sendable {
  static let shared = Hunts()
  private let tasks = Mutex<[String: Task<Hunt, any Error>]>([:])

  func hunt(_ mutant: Mutant) async throws -> Hunt {
    let task = tasks.withLock { tasks in
      if let task = tasks[mutant.name] { return task }
      let task = Task { try await Hunt.run(mutant) }
      tasks[mutant.name] = task
      return task
    }
    return try await task.value
  }
}
