using Grpc.Core;
using Mars.Server.Errors;
using Mars.Server.Models;
using Mars.Server.Security;
using Mars.Server.Streams;
using Mars.V1;
using Microsoft.AspNetCore.Authorization;

namespace Mars.Server.Services;

/// <summary>mars.v1.ModelAdmin: operations on the models of a running server.</summary>
[Authorize(Policies.Administrator)]
internal sealed class ModelAdminService(ModelLoader loader) : ModelAdmin.ModelAdminBase
{
    public override async Task<ReloadModelsResponse> ReloadModels(ReloadModelsRequest request, ServerCallContext context)
    {
        var response = new ReloadModelsResponse();
        try
        {
            var result = await loader.ReloadAsync(context.CancellationToken).ConfigureAwait(false);
            response.Loaded.AddRange(result.Loaded.Select(m => m.Package.ToRef()));
            response.Refused.AddRange(result.Refused);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw RpcErrors.ReloadFailed(exception.Message);
        }
        return response;
    }
}
