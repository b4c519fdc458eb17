using Grpc.Core;
using Mars.Client.Load;
using Mars.V1;

namespace Mars.Client.Soak;

/// <summary>Tells the server to reload its models, again and again.</summary>
/// <param name="server">Where it is.</param>
/// <param name="versions">Its folder, in which each reload finds another version of the default model; null where the folder is not the tool's.</param>
/// <param name="tally">Counts.</param>
/// <param name="told">Told what stays on the screen.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelReloads(LoadTarget server, ModelVersions? versions, SoakTally tally, Action<string> told, TimeProvider time)
{
    public async Task RunAsync(TimeSpan every, CancellationToken stop)
    {
        using var channel = ServerChannel.Open(server.Address, server.Client);
        var admin = new ModelAdmin.ModelAdminClient(channel.Calls(server.Client));
        try
        {
            var models = await new ActionRecognition.ActionRecognitionClient(channel.Calls(server.Client)).ListModelsAsync(new ListModelsRequest(), cancellationToken: stop);
            var model = models.Models.FirstOrDefault(m => m.IsDefault)?.Model.Name;
            while (true)
            {
                await Task.Delay(every, time, stop);
                if (model is not null)
                    versions?.Add(model);
                var response = await admin.ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: stop);
                foreach (var refused in response.Refused)
                    tally.Error($"a reload was refused: {refused}");
                if (versions is not null && response.Loaded.Count != 1)
                    tally.Error($"a reload loaded {response.Loaded.Count} versions, and there was one new");
                tally.Change(c => c with { Reloads = c.Reloads + 1, Versions = c.Versions + response.Loaded.Count });
            }
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unimplemented)
        {
            told("this server cannot reload its models (no mars.v1.ModelAdmin): it is not asked again");
        }
        catch (RpcException error) when (!stop.IsCancellationRequested)
        {
            tally.Error($"a reload failed: {error.StatusCode}: {error.Status.Detail}");
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException)
        {
            // The run is over.
        }
    }
}
