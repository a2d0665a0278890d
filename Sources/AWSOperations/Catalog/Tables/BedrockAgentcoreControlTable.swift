// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var bedrockAgentcoreControl: StaticString {
    #"""
    service Bedrock AgentCore Control|bedrock-agentcore-control|bedrock-agentcore|rest-json|||
    + GetAgentRuntime GET /runtimes/{agentRuntimeId}/ 0 1
    + GetAgentRuntimeEndpoint GET /runtimes/{agentRuntimeId}/runtime-endpoints/{endpointName}/ 3 4
    + GetApiKeyCredentialProvider POST /identities/GetApiKeyCredentialProvider 5 -
    + GetBrowser GET /browsers/{browserId} 6 7
    + GetBrowserProfile GET /browser-profiles/{profileId} 8 9
    + GetCapacityProvider GET /capacity-providers/{capacityProviderId} 10 11
    + GetCodeInterpreter GET /code-interpreters/{codeInterpreterId} 12 13
    + GetConfigurationBundle GET /configuration-bundles/{bundleId} 14 15
    + GetConfigurationBundleVersion GET /configuration-bundles/{bundleId}/versions/{versionId} 18 19
    + GetConsentPortal POST /identities/GetConsentPortal 20 -
    + GetEvaluator GET /evaluators/{evaluatorId} 21 22
    + GetGateway GET /gateways/{gatewayIdentifier}/ 25 26
    + GetGatewayRateLimit GET /gateways/{gatewayIdentifier}/rate-limits/{rateLimitId} 29 -
    + GetGatewayRule GET /gateways/{gatewayIdentifier}/rules/{ruleId} 30 31
    + GetGatewayTarget GET /gateways/{gatewayIdentifier}/targets/{targetId}/ 39 40
    + GetHarness GET /harnesses/{harnessId} 60 61
    + GetHarnessEndpoint GET /harnesses/{harnessId}/endpoints/{endpointName} 76 -
    + GetMemory GET /memories/{memoryId}/details 77 78
    + GetOauth2CredentialProvider POST /identities/GetOauth2CredentialProvider 103 104
    + GetOnlineEvaluationConfig GET /online-evaluation-configs/{onlineEvaluationConfigId} 109 110
    + GetPaymentConnector GET /payments/managers/{paymentManagerId}/connectors/{paymentConnectorId} 111 -
    + GetPaymentCredentialProvider POST /identities/GetPaymentCredentialProvider 112 -
    + GetPaymentManager GET /payments/managers/{paymentManagerId} 113 -
    + GetPolicy GET /policy-engines/{policyEngineId}/policies/{policyId} 114 115
    + GetPolicyEngine GET /policy-engines/{policyEngineId} 116 117
    + GetPolicyEngineSummary GET /policy-engine-summaries/{policyEngineId} 118 -
    + GetPolicyGeneration GET /policy-engines/{policyEngineId}/policy-generations/{policyGenerationId} 119 -
    + GetPolicyGenerationSummary GET /policy-engines/{policyEngineId}/policy-generation-summaries/{policyGenerationId} 120 -
    + GetPolicySummary GET /policy-engines/{policyEngineId}/policy-summaries/{policyId} 121 -
    + GetRegistry GET /registries/{registryId} 122 123
    + GetRegistryRecord GET /registries/{registryId}/records/{recordId} 124 125
    + GetResourcePolicy GET /resourcepolicy/{resourceArn} 126 -
    + GetTokenVault POST /identities/get-token-vault 127 -
    + GetWorkloadIdentity POST /identities/GetWorkloadIdentity 128 -
    + ListAgentRuntimeEndpoints POST /runtimes/{agentRuntimeId}/runtime-endpoints/ 129 130
    + ListAgentRuntimeVersions POST /runtimes/{agentRuntimeId}/versions/ 133 134
    + ListAgentRuntimeVersionsByCapacityProvider POST /capacity-providers/{capacityProviderId}/runtime-versions 137 -
    + ListAgentRuntimes POST /runtimes/ 138 139
    + ListApiKeyCredentialProviders POST /identities/ListApiKeyCredentialProviders 140 -
    + ListBrowserProfiles POST /browser-profiles 141 142
    + ListBrowsers POST /browsers 145 146
    + ListCapacityProviders POST /capacity-providers 149 -
    + ListCodeInterpreters POST /code-interpreters 150 151
    + ListConfigurationBundleVersions POST /configuration-bundles/{bundleId}/versions 154 -
    + ListConfigurationBundles POST /configuration-bundles 156 157
    + ListConsentPortals POST /identities/ListConsentPortals 160 -
    + ListDatasetVersions GET /datasets/{datasetId}/versions 161 -
    + ListDatasets GET /datasets 162 -
    + ListEvaluators POST /evaluators 163 164
    + ListGatewayRateLimits GET /gateways/{gatewayIdentifier}/rate-limits 167 -
    + ListGatewayRules GET /gateways/{gatewayIdentifier}/rules 168 169
    + ListGatewayTargets GET /gateways/{gatewayIdentifier}/targets/ 172 173
    + ListGateways GET /gateways/ 176 177
    + ListHarnessEndpoints GET /harnesses/{harnessId}/endpoints 180 -
    + ListHarnessVersions GET /harnesses/{harnessId}/versions 181 -
    + ListHarnesses GET /harnesses 182 -
    + ListMemories POST /memories/ 183 -
    + ListOauth2CredentialProviders POST /identities/ListOauth2CredentialProviders 184 -
    + ListOnlineEvaluationConfigs POST /online-evaluation-configs 185 186
    + ListPaymentConnectors POST /payments/managers/{paymentManagerId}/connectors-list 189 -
    + ListPaymentCredentialProviders POST /identities/ListPaymentCredentialProviders 190 -
    + ListPaymentManagers POST /payments/managers-list 191 -
    + ListPolicies GET /policy-engines/{policyEngineId}/policies 192 193
    + ListPolicyEngineSummaries GET /policy-engine-summaries 196 -
    + ListPolicyEngines GET /policy-engines 197 198
    + ListPolicyGenerationSummaries GET /policy-engines/{policyEngineId}/policy-generation-summaries 201 -
    + ListPolicyGenerations GET /policy-engines/{policyEngineId}/policy-generations 202 -
    + ListPolicySummaries GET /policy-engines/{policyEngineId}/policy-summaries 203 -
    + ListRegistries GET /registries 204 205
    + ListRegistryRecords GET /registries/{registryId}/records 208 209
    + ListTagsForResource GET /tags/{resourceArn} 212 -
    + ListWorkloadIdentities POST /identities/ListWorkloadIdentities 213 -
    - GetDataset it answers with an address that opens customers' data to whoever holds it
    - ListDatasetExamples it reads customers' data
    - ListPolicyGenerationAssets it reads customers' data
    s agentRuntimeId,s,ru agentRuntimeVersion,s,q,version
    s description,s,x environmentVariables,2,x
    m s
    s agentRuntimeId,s,ru endpointName,s,ru
    s name,s,x
    s name,s,r
    s browserId,s,ru
    s description,s,x
    s profileId,s,ru
    s description,s,x
    s capacityProviderId,s,ru
    s description,s,x
    s codeInterpreterId,s,ru
    s description,s,x
    s bundleId,s,ru branchName,s,q
    s description,s,x components,16
    m 17,x
    s
    s bundleId,s,ru versionId,s,ru
    s description,s,x components,16
    s consentPortalIdentifier,s,r
    s evaluatorId,s,ru includedData,s,q
    s description,s,x evaluatorConfig,23
    s llmAsAJudge,24
    s instructions,s,x ratingScale,s,x
    s gatewayIdentifier,s,ru
    s description,s,x protocolConfiguration,27
    s mcp,28
    s instructions,s,x
    s gatewayIdentifier,s,ru rateLimitId,s,ru
    s gatewayIdentifier,s,ru ruleId,s,ru
    s actions,32
    l 33
    s routeToTarget,34
    s staticRoute,35 weightedRoute,36
    s targetName,s,x
    s trafficSplit,37
    l 38
    s targetName,s,x
    s gatewayIdentifier,s,ru targetId,s,ru
    s name,s,x description,s,x targetConfiguration,41 credentialProviderConfigurations,55
    s mcp,42 http,50
    s openApiSchema,43 smithyModel,43 lambda,44 mcpServer,48
    s inlinePayload,s,x
    s toolSchema,45
    s inlinePayload,46
    l 47,x
    s
    s mcpToolSchema,49
    s inlinePayload,s,x
    s agentcoreRuntime,51 passthrough,53
    s schema,52
    s source,43
    s schema,52 staticQueryParameters,54
    m s,x
    l 56
    s credentialProvider,57
    s oauthCredentialProvider,58
    s customParameters,59
    m s,x
    s harnessId,s,ru harnessVersion,s,q
    s harness,62
    s model,63 systemPrompt,66 tools,68 environmentVariables,2,x
    s openAiModelConfig,64 liteLlmModelConfig,65
    s apiBase,s,x
    s apiBase,s,x
    l 67
    s text,s,x
    l 69
    s config,70
    s remoteMcp,71 agentCoreGateway,73 inlineFunction,75
    s url,s,x headers,72,x
    m s
    s outboundAuth,74
    s oauth,58
    s description,s,x inputSchema,s,x
    s harnessId,s,ru endpointName,s,ru
    s memoryId,s,ru view,s,q
    s memory,79
    s description,s,x strategies,80
    l 81
    s description,s,x configuration,82 memoryRecordSchema,97
    s extraction,83 consolidation,88 reflection,94
    s customExtractionConfiguration,84
    s semanticExtractionOverride,85 userPreferenceExtractionOverride,86 episodicExtractionOverride,87
    s appendToPrompt,s,x
    s appendToPrompt,s,x
    s appendToPrompt,s,x
    s customConsolidationConfiguration,89
    s semanticConsolidationOverride,90 summaryConsolidationOverride,91 userPreferenceConsolidationOverride,92 episodicConsolidationOverride,93
    s appendToPrompt,s,x
    s appendToPrompt,s,x
    s appendToPrompt,s,x
    s appendToPrompt,s,x
    s customReflectionConfiguration,95 episodicReflectionConfiguration,102
    s episodicReflectionOverride,96
    s appendToPrompt,s,x memoryRecordSchema,97
    s metadataSchema,98
    l 99
    s extractionConfig,100
    s llmExtractionConfig,101
    s llmExtractionInstruction,s,x definition,s,x
    s memoryRecordSchema,97
    s name,s,r
    s oauth2ProviderConfigOutput,105
    s customOauth2ProviderConfig,106
    s privateKeyJwtConfig,107
    s additionalHeaderClaims,108 additionalPayloadClaims,108
    m s,x
    s onlineEvaluationConfigId,s,ru
    s description,s,x
    s paymentManagerId,s,ru paymentConnectorId,s,ru
    s name,s,r
    s paymentManagerId,s,ru
    s policyEngineId,s,ru policyId,s,ru
    s description,s,x
    s policyEngineId,s,ru
    s description,s,x
    s policyEngineId,s,ru
    s policyGenerationId,s,ru policyEngineId,s,ru
    s policyGenerationId,s,ru policyEngineId,s,ru
    s policyEngineId,s,ru policyId,s,ru
    s registryId,s,ru
    s description,s,x
    s registryId,s,ru recordId,s,ru
    s description,s,x
    s resourceArn,s,ru
    s tokenVaultId,s
    s name,s,r
    s agentRuntimeId,s,ru maxResults,i,q nextToken,s,q
    s runtimeEndpoints,131
    l 132
    s name,s,x
    s agentRuntimeId,s,ru maxResults,i,q nextToken,s,q
    s agentRuntimes,135
    l 136
    s description,s,x
    s capacityProviderId,s,ru maxResults,i,q nextToken,s,q
    s maxResults,i,q nextToken,s,q
    s agentRuntimes,135
    s nextToken,s maxResults,i
    s maxResults,i,q nextToken,s,q name,s
    s profileSummaries,143
    l 144
    s description,s,x
    s maxResults,i,q nextToken,s,q type,s,q
    s browserSummaries,147
    l 148
    s description,s,x
    s maxResults,i,q nextToken,s,q
    s maxResults,i,q nextToken,s,q type,s,q
    s codeInterpreterSummaries,152
    l 153
    s description,s,x
    s bundleId,s,ru nextToken,s,q maxResults,i,q filter,155
    s branchName,s createdByName,s latestPerBranch,b
    s nextToken,s,q maxResults,i,q
    s bundles,158
    l 159
    s description,s,x
    s maxResults,i nextToken,s
    s datasetId,s,ru nextToken,s,q maxResults,i,q
    s nextToken,s,q maxResults,i,q
    s nextToken,s,q maxResults,i,q
    s evaluators,165
    l 166
    s description,s,x
    s gatewayIdentifier,s,ru maxResults,i,q nextToken,s,q
    s gatewayIdentifier,s,ru maxResults,i,q nextToken,s,q
    s gatewayRules,170
    l 171
    s actions,32
    s gatewayIdentifier,s,ru maxResults,i,q nextToken,s,q
    s items,174
    l 175
    s name,s,x description,s,x
    s maxResults,i,q nextToken,s,q
    s items,178
    l 179
    s description,s,x
    s harnessId,s,ru maxResults,i,q nextToken,s,q
    s harnessId,s,ru maxResults,i,q nextToken,s,q
    s maxResults,i,q nextToken,s,q
    s maxResults,i nextToken,s
    s nextToken,s maxResults,i
    s nextToken,s,q maxResults,i,q
    s onlineEvaluationConfigs,187
    l 188
    s description,s,x
    s paymentManagerId,s,ru maxResults,i,q nextToken,s,q
    s nextToken,s maxResults,i
    s maxResults,i,q nextToken,s,q
    s nextToken,s,q maxResults,i,q policyEngineId,s,ru targetResourceScope,s,q
    s policies,194
    l 195
    s description,s,x
    s nextToken,s,q maxResults,i,q
    s nextToken,s,q maxResults,i,q
    s policyEngines,199
    l 200
    s description,s,x
    s nextToken,s,q maxResults,i,q policyEngineId,s,ru
    s nextToken,s,q maxResults,i,q policyEngineId,s,ru
    s nextToken,s,q maxResults,i,q policyEngineId,s,ru targetResourceScope,s,q
    s maxResults,i,q nextToken,s,q status,s,q authorizerType,s,q
    s registries,206
    l 207
    s description,s,x
    s registryId,s,ru maxResults,i,q nextToken,s,q name,s,q status,s,q descriptorType,s,q
    s registryRecords,210
    l 211
    s description,s,x
    s resourceArn,s,ru
    s nextToken,s maxResults,i
    """#
  }
}
