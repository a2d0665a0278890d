// swift-tools-version: 6.2
import PackageDescription

// One set of rules for every Swift target: the Swift 6 language mode is the default of the tools version above, warnings are errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// What runs on Lambda also does without Swift's Regex: one `contains` of a string in a string would link megabytes of it.
let lambda = strict + [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

/// Of what runs on Lambda, what is called a few times an invocation: compiled for size, since a cold start takes as long as the file is big.
let compact = lambda + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// A library of the product; `dependencies` may only name modules that stand above it in the list below.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], settings: [SwiftSetting] = lambda
) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", exclude: exclude, swiftSettings: settings)
}

/// A Lambda function: `main.swift` wires, and does nothing else.
func function(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: "Sources/Functions/\(name)", swiftSettings: lambda)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "arbiter",
  products: [
    .library(name: "JSON", targets: ["JSON"]),
    .library(name: "LambdaRuntime", targets: ["LambdaRuntime"]),
    .library(name: "AWSClient", targets: ["AWSClient"]),
    .library(name: "Telemetry", targets: ["Telemetry"]),
    .library(name: "Instrumentation", targets: ["Instrumentation"]),
    .library(name: "Idempotency", targets: ["Idempotency"]),
    .library(name: "Parameters", targets: ["Parameters"]),
    .executable(name: "Supervisor", targets: ["Supervisor"]),
    .executable(name: "WorkerWrapper", targets: ["WorkerWrapper"]),
    .executable(name: "Fabricator", targets: ["Fabricator"]),
    .executable(name: "ConfigSeeder", targets: ["ConfigSeeder"]),
    .executable(name: "AgentInvoker", targets: ["AgentInvoker"]),
    .executable(name: "CostAgent", targets: ["CostAgent"]),
    .executable(name: "arbiter", targets: ["ArbiterCLI"]),
    .executable(name: "EchoTyped", targets: ["EchoTyped"]),
    .executable(name: "EchoRaw", targets: ["EchoRaw"]),
  ],
  targets: [
    // The standard library's Double inlines calls to libm, which a module that imports nothing does not link by itself.
    .target(name: "JSON", path: "Sources/JSON", swiftSettings: lambda, linkerSettings: [.linkedLibrary("m")]),
    library("LambdaRuntime", ["JSON"]),
    // The C libraries by their link names: a debug build takes the shared ones, Scripts/build-functions.sh the archives.
    .target(
      name: "CCurlCrypto", path: "Sources/CCurlCrypto",
      linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    // Not for size: unspecialized, their dictionaries and arrays would make metadata at every start.
    library("AWSClient", ["JSON", "CCurlCrypto"]),
    library("Telemetry", ["JSON"]),
    // What functions add to the three above, each by itself: a function links what it uses, and nothing of the rest.
    library("Instrumentation", ["JSON", "LambdaRuntime", "AWSClient", "Telemetry"], settings: compact),
    library("Idempotency", ["JSON", "LambdaRuntime", "AWSClient"], settings: compact),
    library("Parameters", ["JSON", "AWSClient"], settings: compact),
    // Calls of services that have no client of their own, by a table of their operations; what only the applications need.
    library("AWSOperations", ["JSON", "AWSClient"], settings: compact),
    // Asks an agent in an AgentCore runtime, for the function AgentInvoker.
    library("AgentInvocation", ["JSON", "LambdaRuntime", "AWSClient", "Telemetry"], settings: compact),
    // An agent's side of AgentCore's contract, on a C library's HTTP server.
    .target(name: "CMicroHTTPD", path: "Sources/CMicroHTTPD", linkerSettings: [.linkedLibrary("microhttpd")]),
    library("AgentServer", ["JSON", "Telemetry", "CMicroHTTPD"], settings: compact),
    library("AgentKit", ["JSON", "AWSClient", "Telemetry"], settings: compact),
    library("Orchestration", ["JSON", "AWSClient", "Telemetry", "AgentKit"], settings: compact),
    // The engine's sources come from Scripts/setup.sh; they are others' code, with warnings of their own, and slow unless optimized.
    // Its main file is a part of shim.c.
    .target(
      name: "CQuickJS", path: "Sources/CQuickJS", sources: ["shim.c", "engine/dtoa.c", "engine/libregexp.c", "engine/libunicode.c"],
      cSettings: [.unsafeFlags(["-O2", "-w"]), .define("_GNU_SOURCE")], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CSandboxLock", path: "Sources/CSandboxLock"),
    // The parent's side of the sandbox, and the child's: a function that runs no code links neither.
    .target(name: "CSandboxProcess", path: "Sources/CSandboxProcess"),
    library("Sandbox", ["JSON", "CSandboxProcess"], settings: compact),
    library("SandboxChild", ["JSON", "Sandbox", "CQuickJS", "CSandboxLock"], settings: compact),
    library("CodeAgents", ["JSON", "AWSClient", "Telemetry", "AgentKit", "Orchestration", "Sandbox"], settings: compact),
    library("Fabrication", ["JSON", "AWSClient", "Telemetry", "AgentKit", "Orchestration", "Sandbox", "CodeAgents"], settings: compact),
    // The agent's prompt is a file for people; Scripts/generate-prompt.py puts it into a source.
    library(
      "CostOptimizer", ["JSON", "AWSClient", "AWSOperations", "Telemetry", "AgentKit"], exclude: ["Agent/prompt.md"], settings: compact),
    function("Supervisor", ["JSON", "LambdaRuntime", "AWSClient", "Telemetry", "Instrumentation", "AgentKit", "Orchestration"]),
    function(
      "WorkerWrapper",
      [
        "JSON", "LambdaRuntime", "AWSClient", "Telemetry", "Instrumentation", "AgentKit", "Orchestration", "Sandbox", "SandboxChild",
        "CodeAgents",
      ]),
    function(
      "Fabricator",
      [
        "JSON", "LambdaRuntime", "AWSClient", "Telemetry", "Instrumentation", "AgentKit", "Orchestration", "Sandbox", "SandboxChild",
        "CodeAgents", "Fabrication",
      ]),
    function("ConfigSeeder", ["JSON", "LambdaRuntime", "AWSClient", "Telemetry", "Instrumentation", "Orchestration"]),
    function("AgentInvoker", ["JSON", "LambdaRuntime", "AWSClient", "Telemetry", "Instrumentation", "AgentInvocation"]),
    // Runs in a container, not on Lambda.
    .executableTarget(
      name: "CostAgent", dependencies: ["JSON", "AWSClient", "AWSOperations", "Telemetry", "AgentServer", "AgentKit", "CostOptimizer"],
      path: "Sources/Containers/CostAgent", exclude: ["Dockerfile"], swiftSettings: lambda),
    // Measures what it serves, so it is optimized in debug builds too.
    library("RuntimeAPI", ["JSON"], settings: strict + [.unsafeFlags(["-O"])]),
    library("LocalCloud", ["JSON", "AWSClient", "RuntimeAPI"], settings: strict),
    // Worlds by the thousand are run from debug builds too.
    library("SimulatedAWS", ["JSON", "AWSClient"], settings: strict + [.unsafeFlags(["-O"])]),
    library("Simulation", ["JSON", "AWSClient", "AgentKit", "Orchestration", "SimulatedAWS"], settings: strict),
    .executableTarget(
      name: "ArbiterCLI",
      dependencies: [
        "JSON", "AWSClient", "AgentKit", "Orchestration", "Sandbox", "SandboxChild", "CodeAgents", "AWSOperations", "CostOptimizer",
        "LocalCloud", "RuntimeAPI",
        "Simulation",
      ],
      path: "Sources/ArbiterCLI", swiftSettings: strict),
    // What `make bench` measures. This one is no product; it links FoundationEssentials, to compare with it.
    .executableTarget(name: "JSONBenchmark", dependencies: ["JSON"], path: "Benchmarks/json", exclude: ["run.sh"], swiftSettings: strict),
    .executableTarget(
      name: "EngineBenchmark", dependencies: ["JSON", "AWSClient", "AgentKit", "Orchestration"], path: "Benchmarks/engine",
      exclude: ["run.sh", "measure.py"], swiftSettings: strict),
    // Bootstraps that any Runtime API can run: one decodes events and encodes them again, one copies them.
    .executableTarget(
      name: "EchoTyped", dependencies: ["JSON", "LambdaRuntime"], path: "Benchmarks/runtime/EchoTyped", swiftSettings: strict),
    .executableTarget(name: "EchoRaw", dependencies: ["LambdaRuntime"], path: "Benchmarks/runtime/EchoRaw", swiftSettings: strict),
    .executableTarget(name: "GetItem", dependencies: ["AWSClient"], path: "Benchmarks/client/GetItem", swiftSettings: lambda),
    .executableTarget(
      name: "SandboxBenchmark", dependencies: ["JSON", "Sandbox", "SandboxChild"], path: "Benchmarks/sandbox",
      exclude: ["run.sh", "measure.py"], swiftSettings: lambda),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    // What tests run as a sandbox's child, what tries to break out of its lock, and a child that keeps to no protocol.
    .executableTarget(name: "SandboxRunner", dependencies: ["SandboxChild"], path: "Tests/SandboxRunner", swiftSettings: strict),
    .executableTarget(name: "SandboxControl", dependencies: ["CSandboxLock"], path: "Tests/SandboxControl"),
    .executableTarget(name: "HostileChild", path: "Tests/HostileChild"),
    // Runs the hostile modules as a worker would, and counts what they leave behind.
    .executableTarget(
      name: "HostileCorpus", dependencies: ["JSON", "Sandbox", "SandboxChild"], path: "Tests/HostileCorpus", swiftSettings: strict),
    tests("JSONTests", ["JSON"]),
    tests("LambdaRuntimeTests", ["JSON", "LambdaRuntime", "TestSupport"]),
    // Stands in for the C library's look-up of names, so that a test can keep one waiting.
    .target(name: "BlockingNameLookup", path: "Tests/BlockingNameLookup"),
    tests("AWSClientTests", ["JSON", "AWSClient", "AgentKit", "BlockingNameLookup"]),
    tests("TelemetryTests", ["JSON", "Telemetry"]),
    tests("InstrumentationTests", ["JSON", "LambdaRuntime", "AWSClient", "Telemetry", "Instrumentation", "TestSupport"]),
    .target(name: "AWSDoubles", dependencies: ["JSON", "AWSClient", "SimulatedAWS"], path: "Tests/AWSDoubles", swiftSettings: strict),
    tests("IdempotencyTests", ["JSON", "LambdaRuntime", "AWSClient", "Idempotency", "AWSDoubles", "TestSupport"]),
    tests("ParametersTests", ["JSON", "AWSClient", "Parameters", "TestSupport"]),
    tests("AgentKitTests", ["JSON", "AWSClient", "AgentKit"]),
    tests("OrchestrationTests", ["JSON", "AWSClient", "AgentKit", "Orchestration", "TestSupport", "AWSDoubles"]),
    .testTarget(
      name: "SandboxTests",
      dependencies: ["JSON", "Sandbox", "TestSupport", "SandboxRunner", "HostileChild", "HostileCorpus", "SandboxBenchmark"],
      path: "Tests/SandboxTests", exclude: ["Hostile"], swiftSettings: strict),
    tests("SandboxChildTests", ["JSON", "Sandbox", "TestSupport", "SandboxRunner", "SandboxControl"]),
    tests(
      "CodeAgentsTests",
      [
        "JSON", "LambdaRuntime", "AWSClient", "AgentKit", "Orchestration", "Sandbox", "CodeAgents", "SimulatedAWS", "AWSDoubles",
        "TestSupport", "SandboxRunner",
      ]),
    tests(
      "FabricationTests",
      [
        "JSON", "LambdaRuntime", "AWSClient", "AgentKit", "Orchestration", "Sandbox", "CodeAgents", "Fabrication", "SimulatedAWS",
        "TestSupport", "SandboxRunner",
      ]),
    tests("AWSOperationsTests", ["JSON", "AWSClient", "AWSOperations"]),
    tests("AgentInvocationTests", ["JSON", "LambdaRuntime", "AWSClient", "AgentInvocation", "TestSupport"]),
    // What the tests of an agent's process run: its signals, its crash, its exit codes.
    .executableTarget(
      name: "AgentServerProbe", dependencies: ["JSON", "Telemetry", "AgentServer"], path: "Tests/AgentServerProbe", swiftSettings: strict),
    tests("AgentServerTests", ["JSON", "Telemetry", "AgentServer", "TestSupport", "AgentServerProbe"]),
    tests("CostAgentTests", ["JSON", "AWSClient", "Telemetry", "AgentServer", "AgentKit", "CostOptimizer", "CostAgent", "TestSupport"]),
    tests(
      "CostOptimizerTests",
      ["JSON", "AWSClient", "AWSOperations", "AgentKit", "CostOptimizer", "SimulatedAWS", "AWSDoubles", "Telemetry", "TestSupport"],
      exclude: ["Golden/account", "Golden/expected.json", "Golden/make_account.py"]),
    tests("LocalCloudTests", ["JSON", "AWSClient", "AgentKit", "LocalCloud"]),
    tests("SimulatedAWSTests", ["JSON", "AWSClient", "SimulatedAWS", "AWSDoubles"]),
    .testTarget(
      name: "SimulationTests", dependencies: ["JSON", "AWSClient", "AgentKit", "Orchestration", "SimulatedAWS", "Simulation"],
      path: "Tests/Simulation", swiftSettings: strict),
    tests("RuntimeAPITests", ["JSON", "LambdaRuntime", "RuntimeAPI"]),
    tests(
      "ArbiterCLITests",
      [
        "JSON", "AWSClient", "AgentKit", "Orchestration", "Sandbox", "CodeAgents", "CostOptimizer", "LocalCloud", "ArbiterCLI",
        "SimulatedAWS", "AWSDoubles",
      ]),
  ]
)
