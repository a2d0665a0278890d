/// `arbiter cost`: the cost optimizer's sessions and reports.
enum CostCommand {
  static let specification = CommandSpecification(
    name: "cost", summary: "Runs the cost optimizer, and shows and compares its reports.",
    discussion: "What a report says, and how its figures are made: docs/cost-report.md.",
    subcommands: [
      CostStartCommand.specification, CostFollowCommand.specification, CostListCommand.specification, CostShowCommand.specification,
      CostReportCommand.specification, CostDiffCommand.specification,
    ])
}
