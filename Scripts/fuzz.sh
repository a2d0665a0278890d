#!/usr/bin/env bash
# Lets libFuzzer look for lives of the runtime loop that break a rule: what the tests do with seeds, guided by coverage.
#
#   Scripts/fuzz.sh [SECONDS]      300 by default
#
# What it finds interesting stays in .build/fuzz/corpus; the input of a failure is written to .build/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-300}
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; test "$seconds" = --help || exit 2; exit 0; }
folder="$PWD/.build/fuzz"
mkdir -p "$folder/Sources/FuzzLoop" "$folder/corpus"
for name in JSON LambdaRuntime; do ln -sfn "$PWD/Sources/$name" "$folder/Sources/$name"; done
for file in RuntimeProtocolFuzzer RuntimeAPICorpus; do
  ln -sfn "$PWD/Tests/LambdaRuntimeTests/Fuzz/$file.swift" "$folder/Sources/FuzzLoop/$file.swift"
done

cat > "$folder/Sources/FuzzLoop/Entry.swift" <<'END'
@_silgen_name("LLVMFuzzerRunDriver") private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main struct FuzzLoop {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    _ = runDriver(&count, &arguments) { bytes, count in
      var fuzzer = RuntimeProtocolFuzzer(ByteDecisions(Array(UnsafeBufferPointer(start: bytes, count: count))))
      do { try fuzzer.run(steps: 300) } catch { fatalError("\(error)") }
      return 0
    }
  }
}
END
cat > "$folder/Package.swift" <<'END'
// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]
let package = Package(
  name: "fuzz",
  targets: [
    .target(name: "JSON", swiftSettings: settings, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "LambdaRuntime", dependencies: ["JSON"], swiftSettings: settings),
    .executableTarget(
      name: "FuzzLoop", dependencies: ["LambdaRuntime"], swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
  ])
END

Scripts/swift-build.sh --package-path "$folder" --configuration release --product FuzzLoop
exec nice "$folder/.build/release/FuzzLoop" -max_total_time="$seconds" -max_len=4096 -artifact_prefix="$folder/" -print_final_stats=1 "$folder/corpus"
