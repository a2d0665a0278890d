/// The root of the command tree.
enum ArbiterCommand {
  static let specification = CommandSpecification(
    name: "arbiter", summary: "Runs teams of Bedrock agents on AWS Lambda, here or in the cloud.",
    subcommands: [
      LocalCommand.specification,
      SubmitCommand.specification,
      FollowCommand.specification,
      ListCommand.specification,
      ShowCommand.specification,
      CancelCommand.specification,
      AgentsCommand.specification,
      ToolsCommand.specification,
      ReplayCommand.specification,
      FilesCommand.specification,
      CostCommand.specification,
      InvokeCommand.specification,
      SimulateCommand.specification,
      CredentialsCommand.specification,
      ModelServerCommand.specification,
    ])
}
