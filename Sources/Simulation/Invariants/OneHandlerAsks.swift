import Orchestration

/// Of two handlers only one asks a run's model: a lease passes on when it was given back or has ended, by true time but for what clocks differ.
final class OneHandlerAsks: Invariant {
  let name = "one handler asks the model at a time"

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    guard case .rowChanged(let change) = fact, let (before, after) = change.orchestration, let old = before?.lease, let new = after?.lease,
      old.owner != new.owner, old.untilMilliseconds - world.clockToleranceMilliseconds > world.nowMilliseconds
    else { return nil }
    return Breach(
      "\(change.key)'s lease is taken \((old.untilMilliseconds - world.nowMilliseconds) / 1000) s before its end",
      orchestrationID: change.key)
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}
