import JSON

extension RuleContext {
  /// What the configuration tells by itself.
  func judgeConfiguration(_ function: LambdaFunction, _ judgement: inout Judgement) {
    judgeArchitecture(function, &judgement)
    judgeEphemeralStorage(function, &judgement)
    judgeRuntime(function, &judgement)
    judgeVersions(function, &judgement)
  }

  private func judgeArchitecture(_ function: LambdaFunction, _ judgement: inout Judgement) {
    guard function.architecture == .x86, !function.isContainerImage, let runtime = function.runtime, RuntimeTable.runsOnARM(runtime) else {
      return
    }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaArchitecture, [function.reference], title: "\(name) could run on arm64",
        evidence: [configuration("Architecture", function.architecture.rawValue), configuration("Runtime", runtime)],
        action: "Change the architecture from x86_64 to arm64.", change: .architecture(from: .x86, to: .arm), risk: .medium,
        "Compiled code in the package or its layers has to be built for arm64; the duration may change either way.",
        steps: [
          "Look for compiled code: aws lambda get-function --function-name \(name) gives the package and the layers.",
          "Build the package for arm64, and try it on a version behind an alias with a tenth of the traffic.",
          "To change: aws lambda update-function-code --function-name \(name) --architectures arm64 with the new package.",
        ],
        validation:
          "For \(recentDays) days: errors do not rise, and the average duration is at most a quarter higher, at which nothing is saved."))
  }

  private func judgeEphemeralStorage(_ function: LambdaFunction, _ judgement: inout Judgement) {
    let free = settings.freeEphemeralStorageMegabytes
    guard function.ephemeralStorageMegabytes > free else { return }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaEphemeralStorage, [function.reference], title: "\(name) pays for ephemeral storage",
        evidence: [configuration("Ephemeral storage", "\(function.ephemeralStorageMegabytes) MB")],
        action: "Reduce ephemeral storage from \(function.ephemeralStorageMegabytes) MB to \(free) MB, if what it writes to /tmp fits.",
        change: .ephemeralStorage(fromMegabytes: function.ephemeralStorageMegabytes, toMegabytes: free), risk: .medium,
        "No metric tells what a function writes to /tmp without Lambda Insights: its owner has to say.",
        steps: [
          "Look at tmp_used of Lambda Insights, or at what the code writes to /tmp.",
          "To change: aws lambda update-function-configuration --function-name \(name) --ephemeral-storage Size=\(free).",
        ],
        validation: "No \"No space left on device\" in \(function.logGroup) for \(recentDays) days."))
  }

  func judgeRuntime(_ function: LambdaFunction, _ judgement: inout Judgement) {
    guard let runtime = function.runtime, let deprecation = RuntimeTable.deprecation(of: runtime), deprecation.date <= Self.day(now) else {
      return
    }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaRuntime, [function.reference], title: "\(runtime) of \(name) is deprecated",
        evidence: [
          configuration("Runtime", runtime),
          Finding.Evidence(
            label: "Deprecated since", value: deprecation.date, source: "table of Lambda's runtimes as of \(RuntimeTable.asOf)"),
        ],
        action: "Move from \(runtime) to \(deprecation.successor).", risk: .high,
        "No more security updates; after a while, Lambda refuses updates of the function. The new version of the language may break code.",
        steps: [
          "Look at the language's list of breaking changes up to \(deprecation.successor), and test.",
          "To change: aws lambda update-function-configuration --function-name \(name) --runtime \(deprecation.successor) with a package for it.",
        ],
        validation: "Errors of \(name) do not rise for \(recentDays) days."))
  }

  private func judgeVersions(_ function: LambdaFunction, _ judgement: inout Judgement) {
    guard let versions = function.publishedVersionCount else {
      judgement.cannotJudge("old versions", because: "Published versions could not be read")
      return
    }
    guard versions > settings.maximumVersions else { return }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaVersions, [function.reference], title: "\(name) keeps \(versions) published versions",
        evidence: [
          configuration("Published versions", "\(versions)"),
          configuration("Aliases", function.aliases.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") } ?? "could not be read"),
          configuration("Size of the package", "\(FigureText.number(Int(clamping: function.codeBytes))) bytes"),
        ],
        action: "Delete versions that no alias points to, except the last \(settings.maximumVersions).", risk: .low,
        "A version that a caller names by its number is gone for it. Code is not charged, but an account may hold only 75 GB of it; versions with SnapStart are charged for their snapshots.",
        steps: [
          "Look: aws lambda list-versions-by-function --function-name \(name); aws lambda list-aliases --function-name \(name).",
          "To change: aws lambda delete-function --function-name \(name) --qualifier VERSION, for each version that is not needed.",
        ],
        validation: "aws lambda get-account-settings shows a smaller TotalCodeSize, and no caller gets ResourceNotFoundException."))
  }
}
