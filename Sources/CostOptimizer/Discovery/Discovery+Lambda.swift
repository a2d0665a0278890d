internal import JSON

extension Discovery {
  /// Pages of a function's versions that are read: 50 versions each.
  private static let versionPages = 10

  /// All functions, with three calls each and a fourth for those with published versions; `ListFunctions` alone tells their configuration, so there
  /// is no `GetFunction`. Their environment variables come with it and are not looked at.
  func functions() async -> [LambdaFunction] {
    let list = AccountCall(
      "lambda", "ListFunctions", ["MaxItems": 50], subject: "Lambda", consequence: "Functions are missing from this report.")
    var functions: [LambdaFunction] = []
    await calls.resources(.lambda, list, PageToken("NextMarker", "Marker")) { page in
      for item in page["Functions"]?.arrayValue ?? [] {
        if let function = Self.function(item) {
          functions.append(function)
        } else {
          calls.note(Self.unreadable("Lambda", "ListFunctions", "a function without a name, an ARN or its memory"))
        }
      }
    }
    return await functions.sortedByARN(\.reference).mapBounded(limit: parallelism) { await detailed($0) }
  }

  /// What all functions of the account share in the region; nil when it could not be read, or no function could be held to it.
  func accountConcurrencyLimit(of functions: [LambdaFunction]) async -> Int? {
    guard !functions.isEmpty else { return nil }
    let call = AccountCall(
      "lambda", "GetAccountSettings", subject: "Lambda", consequence: "No advice on functions without a reservation that were throttled.")
    guard let answer = await calls.value(call) else { return nil }
    guard let limit = answer["AccountLimit"]?["ConcurrentExecutions"]?.intValue else {
      calls.note(
        Gap(
          .serviceFailure, subject: "Lambda", message: "GetAccountSettings answered without a limit of concurrent executions.",
          consequence: call.consequence))
      return nil
    }
    return limit
  }

  static func unreadable(_ subject: String, _ operation: String, _ what: String) -> Gap {
    Gap(
      .serviceFailure, subject: subject, message: "\(operation) answered with \(what), which was left out.",
      consequence: "Resources are missing from this report.")
  }

  /// A function of `ListFunctions`; nil when it lacks what every function has.
  static func function(_ item: JSONValue) -> LambdaFunction? {
    guard let name = item["FunctionName"]?.stringValue, let arn = item["FunctionArn"]?.stringValue,
      let memory = item["MemorySize"]?.intValue
    else { return nil }
    let architecture = item["Architectures"]?[0]?.stringValue.flatMap(LambdaFunction.Architecture.init) ?? .x86
    var function = LambdaFunction(
      reference: ResourceReference(.lambda, name: name, arn: withoutQualifier(arn)), runtime: item["Runtime"]?.stringValue,
      memoryMegabytes: memory, timeoutSeconds: item["Timeout"]?.intValue ?? 3, architecture: architecture)
    function.isContainerImage = item["PackageType"]?.stringValue == "Image"
    function.ephemeralStorageMegabytes = item["EphemeralStorage"]?["Size"]?.intValue ?? 512
    function.codeBytes = item["CodeSize"]?.int64Value ?? 0
    function.lastModifiedMilliseconds = item["LastModified"].flatMap(AccountTime.milliseconds)
    function.hasSnapStart = item["SnapStart"]?["ApplyOn"]?.stringValue == "PublishedVersions"
    if let group = item["LoggingConfig"]?["LogGroup"]?.stringValue, !group.isEmpty { function.logGroup = group }
    function.logsJSON = item["LoggingConfig"]?["LogFormat"]?.stringValue == "JSON"
    return function
  }

  /// `arn:aws:lambda:region:account:function:name`, without the version that may follow.
  private static func withoutQualifier(_ arn: String) -> String {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 7 ? parts.prefix(7).joined(separator: ":") : arn
  }

  private func detailed(_ function: LambdaFunction) async -> LambdaFunction {
    var function = function
    let name = function.reference.name
    func call(_ operation: String, _ more: JSONObject, _ consequence: String) -> AccountCall {
      var parameters: JSONObject = ["FunctionName": .string(name)]
      for member in more { parameters[member.key] = member.value }
      return AccountCall("lambda", operation, parameters, of: name, subject: "Lambda", consequence: consequence)
    }

    let versions = call(
      "ListVersionsByFunction", ["MaxItems": 50], "How many published versions these functions have is not known in full.")
    var count = 0
    var hasVersionPage = false
    await calls.pages(versions, PageToken("NextMarker", "Marker"), limit: Self.versionPages) { page in
      hasVersionPage = true
      count += (page["Versions"]?.arrayValue ?? []).count { $0["Version"]?.stringValue != "$LATEST" }
    }
    if hasVersionPage { function.publishedVersionCount = count }

    let aliases = call("ListAliases", ["MaxItems": 50], "The aliases of these functions are not known.")
    var names: [String] = []
    if await calls.pages(
      aliases, PageToken("NextMarker", "Marker"), limit: Self.versionPages,
      fold: { page in
        names += (page["Aliases"]?.arrayValue ?? []).compactMap { $0["Name"]?.stringValue }
      })
    {
      function.aliases = names.sorted()
    }

    let reserved = call("GetFunctionConcurrency", [:], "No advice on reserved concurrency of these functions.")
    function.reservedConcurrency = await calls.value(reserved)?["ReservedConcurrentExecutions"]?.intValue

    // $LATEST can have no provisioned concurrency.
    if function.publishedVersionCount != 0 {
      let provisioned = call(
        "ListProvisionedConcurrencyConfigs", ["MaxItems": 50], "No advice on provisioned concurrency of these functions.")
      await calls.pages(provisioned, PageToken("NextMarker", "Marker"), limit: Self.versionPages) { page in
        for item in page["ProvisionedConcurrencyConfigs"]?.arrayValue ?? [] {
          guard let arn = item["FunctionArn"]?.stringValue, let qualifier = arn.split(separator: ":").last,
            let requested = item["RequestedProvisionedConcurrentExecutions"]?.intValue
          else { continue }
          function.provisioned.append(.init(qualifier: String(qualifier), requested: requested))
        }
      }
      function.provisioned.sort { $0.qualifier < $1.qualifier }
    }
    return function
  }
}
