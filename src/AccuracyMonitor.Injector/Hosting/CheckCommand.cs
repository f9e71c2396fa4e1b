using System.CommandLine;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary><c>check</c>: asks a running injector as an API server would, for a pod that is never made. The chart's test; its image has no shell.</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var address = new Option<string>("--address") { Description = "Where the injector answers admission requests, https://…", Required = true };
        var authority = new Option<FileInfo>("--authority") { Description = "PEM file with the authorities to trust.", Required = true };
        var command =
            new Command("check", "Ask a running injector about a pod that asks for a sidecar; exit status 0 if it would get one.") { address, authority };
        address.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && (!Uri.TryCreate(token.Value, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps))
            {
                result.AddError($"--address is '{token.Value}'; it must be https://HOST[:PORT].");
            }
        });
        command.SetAction((parsed, cancel) => RunAsync(new Uri(parsed.GetRequiredValue(address)), parsed.GetRequiredValue(authority), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Uri address, FileInfo authority, CancellationToken cancel)
    {
        try
        {
            using var handler = new SocketsHttpHandler();
            handler.SslOptions.CertificateChainPolicy =
                new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority.FullName);
            using var http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout };
            using var response = await http.PostAsJsonAsync(new Uri("/mutate", UriKind.Relative), Review(), cancel);
            var answer = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(cancel))?["response"];
            if ((bool?)answer?["allowed"] == true && answer["patch"] is not null)
            {
                await Console.Out.WriteLineAsync("ok: a pod that asks for a sidecar gets one");
                return 0;
            }

            await Console.Error.WriteLineAsync($"No sidecar: {answer?.ToJsonString()}");
        }
        catch (Exception e) when (
            e is HttpRequestException or IOException or System.Security.Cryptography.CryptographicException or System.Text.Json.JsonException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            await Console.Error.WriteLineAsync($"No answer from {address}: {e.Message} {e.InnerException?.Message}");
        }

        return 1;
    }

    private static JsonObject Review() => JsonNode.Parse("""
        {
          "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
          "request": {
            "uid": "check", "namespace": "default", "operation": "CREATE", "dryRun": true,
            "resource": { "group": "", "version": "v1", "resource": "pods" },
            "object": {
              "apiVersion": "v1", "kind": "Pod",
              "metadata": { "generateName": "check-", "annotations": { "accuracy-monitor.io/inject": "true" } },
              "spec": { "containers": [ { "name": "app", "image": "app:1" } ] }
            }
          }
        }
        """)!.AsObject();
}
