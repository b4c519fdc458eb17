using Grpc.Core;
using Mars.Client.Load;
using Mars.V1;

namespace Mars.Client.Soak;

/// <summary>Tells the server to reload its models, again and again.</summary>
internal sealed class ModelReloads(LoadTarget server, SoakTally tally, Action<string> told, TimeProvider time)
{
    public async Task RunAsync(TimeSpan every, CancellationToken stop)
    {
        using var channel = ServerChannel.Open(server.Address, server.Client);
        var admin = new ModelAdmin.ModelAdminClient(channel.Calls(server.Client));
        try
        {
            while (true)
            {
                await Task.Delay(every, time, stop);
                var response = await admin.ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: stop);
                foreach (var refused in response.Refused)
                    tally.Error($"a reload was refused: {refused}");
                tally.Change(c => c with { Reloads = c.Reloads + 1 });
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
