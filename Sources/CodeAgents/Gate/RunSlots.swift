import Synchronization

/// How many tools that are modules run at a time: each is a process with memory of its own, beside the function's.
///
/// There are as many at each depth. Whoever is at work waits for those below only, and those at the lowest depth for nobody, so that
/// everybody's turn comes.
final class RunSlots: Sendable {
  static let perDepth = 4

  private struct Depth {
    var free = RunSlots.perDepth
    var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
  }

  private struct State {
    var depths: [Int: Depth] = [:]
    var lastID = 0
  }

  private let state = Mutex(State())

  /// Waits for a slot, which has to be given back. False when the task was cancelled; then there is none.
  func take(depth: Int) async -> Bool {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isTaken: Bool? = state.withLock { state in
          // Looked at within the lock: who cancels later finds the one who waits.
          if Task.isCancelled { return false }
          if state.depths[depth, default: Depth()].free > 0 {
            state.depths[depth, default: Depth()].free -= 1
            return true
          }
          state.depths[depth, default: Depth()].waiting.append((id, continuation))
          return nil
        }
        if let isTaken { continuation.resume(returning: isTaken) }
      }
    } onCancel: {
      let continuation: CheckedContinuation<Bool, Never>? = state.withLock { state in
        guard let index = state.depths[depth]?.waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return state.depths[depth]?.waiting.remove(at: index).continuation
      }
      continuation?.resume(returning: false)
    }
  }

  func giveBack(depth: Int) {
    let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
      guard state.depths[depth]?.waiting.isEmpty == false else {
        state.depths[depth]?.free += 1
        return nil
      }
      return state.depths[depth]?.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}
