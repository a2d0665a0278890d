extension FunctionConfiguration {
  /// The variables that Lambda gives every function, but for those of credentials and AWS_LAMBDA_RUNTIME_API.
  /// - Parameter taskRoot: the folder of the bootstrap.
  /// Source: Lambda Developer Guide, "Defined runtime environment variables".
  public func variables(taskRoot: String) -> [String: String] {
    var variables = [
      "_HANDLER": handler,
      "AWS_REGION": region,
      "AWS_DEFAULT_REGION": region,
      "AWS_LAMBDA_FUNCTION_NAME": name,
      "AWS_LAMBDA_FUNCTION_VERSION": version,
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(memoryMegabytes),
      "AWS_LAMBDA_INITIALIZATION_TYPE": maximumConcurrency > 1 ? "lambda-managed-instances" : "on-demand",
      "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(name)",
      "AWS_LAMBDA_LOG_STREAM_NAME": "local",
      "AWS_LAMBDA_LOG_FORMAT": logFormat == .json ? "JSON" : "Text",
      "LAMBDA_TASK_ROOT": taskRoot,
      "LAMBDA_RUNTIME_DIR": "/var/runtime",
      "TZ": ":UTC",
    ]
    if maximumConcurrency > 1 { variables["AWS_LAMBDA_MAX_CONCURRENCY"] = String(maximumConcurrency) }
    return variables
  }
}
