import AWSClient
import AgentKit
import Glibc
import JSON
import Synchronization
import Testing

/// An agent under an executor of one thread and a time that is only told: what the simulator does with a whole world.
#if compiler(>=6.3)
  @Suite("Agent loop on an executor of its own")
  struct ExecutorTests {
    private struct VirtualClock: Clock {
      let time: VirtualTime
      var nowMilliseconds: Int64 { time.nowMilliseconds }
    }

    /// Runs an agent to its end; nil when something that it waits for runs elsewhere.
    private func outcome(of loop: AgentLoop, _ time: VirtualTime) -> AgentRun? {
      let executor = OneThread()
      let finished = Mutex<AgentRun?>(nil)
      _ = Task(executorPreference: executor) {
        let run = await loop.run("Go", context: ToolContext(orchestrationID: "o-1", taskID: "t-1"))
        finished.withLock { $0 = run }
      }
      while true {
        executor.run()
        if let run = finished.withLock({ $0 }) { return run }
        guard time.pass() else { return nil }
      }
    }

    @Test("Everything runs on the caller's executor, and all waiting is in the time that is given")
    func oneThread() throws {
      let time = VirtualTime()
      let began = time.nowMilliseconds
      let thread = UInt(pthread_self())
      let elsewhere = Mutex(0)
      @Sendable func check() { if UInt(pthread_self()) != thread { elsewhere.withLock { $0 += 1 } } }

      let slow = FunctionTool("slow") { _, _ in
        check()
        try await time.sleep(59_000)
        check()
        return "late"
      }
      let endless = FunctionTool("endless") { _, _ in
        try await time.sleep(1_000_000)
        return "never"
      }
      let model = ScriptedModel([
        { _ in throw AWSError(code: "ThrottlingException", message: "slow down", httpStatus: 429, isRetryable: true, isThrottling: true) },
        { _ in
          check()
          try await time.sleep(5_000)
          return .tools(("1", "slow", [:]), ("2", "endless", [:]))
        },
        { _ in .text("done") },
      ])
      var limits = AgentLimits()
      limits.deadlineMilliseconds = began + 600_000
      let loop = AgentLoop(
        model: model, modelID: "anthropic.claude-3-haiku", systemPrompt: "", tools: try ToolBox([slow, endless]), limits: limits,
        clock: VirtualClock(time: time), pause: { try await time.sleep($0) })

      let run = try #require(outcome(of: loop, time), "something that the agent waits for runs elsewhere")
      #expect(run.answer == "done")
      #expect(elsewhere.withLock { $0 } == 0)
      // A second before the model is asked again, five for its answer, a minute until the endless tool is given up.
      #expect(time.nowMilliseconds - began == 66_000)
      let results = run.conversation.flatMap(\.content).compactMap(\.toolResult)
      #expect(results.map(\.status) == [.success, .error])
    }
  }
#endif
