// What tests run as a sandbox's child: an executable that is nothing else.
internal import SandboxChild

SandboxChild.runIfAsked()
