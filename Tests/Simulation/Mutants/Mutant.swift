import AWSClient
import AgentKit
import JSON
import Simulation
import Testing

@testable import Orchestration

/// An implementation with one thing wrong, which the worlds must find.
struct Mutant: Sendable, CustomTestStringConvertible {
  /// What is wrong, as a sentence that goes on from "an implementation in which": "messages are sent before their round is written".
  let name: String
  /// Which of the original's ten defects it has, B1 to B10; nil for one that the original had no occasion for.
  let defect: String?
  /// The promises of which one must be broken first. Another one would mean that the world fails for a reason that is not the mutant's.
  let invariants: Set<String>
  let implementation: Implementation

  var testDescription: String { name }

  /// What is wrong lies in how the Supervisor's effects work, or in what it is configured with.
  static func supervisor(
    _ name: String, defect: String? = nil, breaks invariants: [any Invariant],
    _ change: @escaping @Sendable (inout Supervisor.Effects, SupervisorConfiguration) -> Void
  ) -> Mutant {
    make(name, defect, invariants) { implementation in
      implementation.supervisor = { resources in
        let supervisor = try changed(resources, change)
        return { try await supervisor.handle($0, traceHeader: $1, deadlineMilliseconds: $2) }
      }
    }
  }

  /// What is wrong lies in what is done with an event, around the Supervisor or after it.
  static func supervisorHandler(
    _ name: String, defect: String? = nil, breaks invariants: [any Invariant],
    _ handle: @escaping @Sendable (Supervisor, Delivery) async throws -> JSONValue
  ) -> Mutant {
    make(name, defect, invariants) { implementation in
      implementation.supervisor = { resources in
        let supervisor = try changed(resources) { _, _ in }
        return { bytes, traceHeader, deadline in
          try await handle(supervisor, Delivery(bytes: bytes, traceHeader: traceHeader, deadlineMilliseconds: deadline))
        }
      }
    }
  }

  /// What is wrong lies in how the worker's effects work.
  static func worker(
    _ name: String, defect: String? = nil, breaks invariants: [any Invariant],
    _ change: @escaping @Sendable (inout Worker.Effects) -> Void
  ) -> Mutant {
    make(name, defect, invariants) { implementation in
      implementation.worker = { resources in
        let worker = try changed(resources, change)
        return { body, traceHeader, deadline in
          try await worker.handle(body, traceHeader: traceHeader, deadlineMilliseconds: deadline)
          return .null
        }
      }
    }
  }

  /// What is wrong lies in what is done with a message, around the worker.
  static func workerHandler(
    _ name: String, defect: String? = nil, breaks invariants: [any Invariant],
    _ handle: @escaping @Sendable (Worker, Delivery) async throws -> Void
  ) -> Mutant {
    make(name, defect, invariants) { implementation in
      implementation.worker = { resources in
        let worker = try changed(resources) { (_: inout Worker.Effects) in }
        return { body, traceHeader, deadline in
          try await handle(worker, Delivery(bytes: body, traceHeader: traceHeader, deadlineMilliseconds: deadline))
          return .null
        }
      }
    }
  }

  /// What is wrong lies in how both functions use a client of AWS.
  static func bus(
    _ name: String, defect: String? = nil, breaks invariants: [any Invariant],
    _ bus: @escaping @Sendable (AWSClient, String) -> any EventBus
  ) -> Mutant {
    make(name, defect, invariants) { implementation in
      implementation.supervisor = { resources in
        let busName = resources.environment["EVENT_BUS_NAME"] ?? ""
        let supervisor = try changed(resources) { effects, _ in effects.bus = bus(resources.client, busName) }
        return { try await supervisor.handle($0, traceHeader: $1, deadlineMilliseconds: $2) }
      }
      implementation.worker = { resources in
        let busName = resources.environment["COMPLETION_BUS_NAME"] ?? ""
        let worker = try changed(resources) { (effects: inout Worker.Effects) in effects.bus = bus(resources.client, busName) }
        return { body, traceHeader, deadline in
          try await worker.handle(body, traceHeader: traceHeader, deadlineMilliseconds: deadline)
          return .null
        }
      }
    }
  }

  /// What a handler is invoked with.
  struct Delivery: Sendable {
    var bytes: [UInt8]
    let traceHeader: String?
    let deadlineMilliseconds: Int64
  }

  // MARK: The product with one thing changed

  private static func make(
    _ name: String, _ defect: String?, _ invariants: [any Invariant], _ change: (inout Implementation) -> Void
  ) -> Mutant {
    var implementation = Implementation.product
    implementation.name = name
    change(&implementation)
    return Mutant(name: name, defect: defect, invariants: Set(invariants.map(\.name)), implementation: implementation)
  }

  private static func changed(
    _ resources: Implementation.Resources, _ change: (inout Supervisor.Effects, SupervisorConfiguration) -> Void
  ) throws -> Supervisor {
    let product = try Supervisor(
      environment: resources.environment, client: resources.client, observer: resources.observer, clock: resources.clock, ids: resources.ids
    )
    var effects = product.effects
    change(&effects, product.configuration)
    return Supervisor(configuration: product.configuration, effects: effects)
  }

  private static func changed(_ resources: Implementation.Resources, _ change: (inout Worker.Effects) -> Void) throws -> Worker {
    let product = try Worker(
      environment: resources.environment, client: resources.client, observer: resources.observer, clock: resources.clock,
      ids: resources.ids,
      code: resources.code)
    var effects = product.effects
    change(&effects)
    return Worker(configuration: product.configuration, effects: effects)
  }
}

extension Supervisor {
  func handle(_ delivery: Mutant.Delivery) async throws -> JSONValue {
    try await handle(delivery.bytes, traceHeader: delivery.traceHeader, deadlineMilliseconds: delivery.deadlineMilliseconds)
  }
}

extension Worker {
  func handle(_ delivery: Mutant.Delivery) async throws {
    try await handle(delivery.bytes, traceHeader: delivery.traceHeader, deadlineMilliseconds: delivery.deadlineMilliseconds)
  }
}
