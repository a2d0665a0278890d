import CodeAgents

/// `arbiter tools`: the registry of tools that are modules. The built-in ones are part of every worker.
enum ToolsCommand {
  static let specification = CommandSpecification(
    name: "tools", summary: "Shows and changes the registry of fabricated tools.",
    discussion: "They live as agents do that are code: docs/agent-lifecycle.md.",
    subcommands: [
      RegistryList.specification(.tool), RegistryShow.specification(.tool), RegistryHistory.specification(.tool),
      RegistryTest.specification(.tool),
    ] + RegistryChanges.specifications(.tool))
}
