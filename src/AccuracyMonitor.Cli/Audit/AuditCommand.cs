using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Cli.Audit;

/// <summary><c>audit</c>: the audit trail of a running sidecar, as CSV or JSON Lines.</summary>
internal static class AuditCommand
{
    private const uint PageSize = 1000;

    private static readonly string[] TimeForms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static Command Create()
    {
        var target = new Option<string>("--target")
        {
            Description = "gRPC address of the sidecar: unix:///path, http://host:port or https://host:port.",
            DefaultValueFactory = _ => "http://127.0.0.1:7700",
        };
        var format = new Option<AuditFormat>("--format") { Description = "csv or jsonl.", DefaultValueFactory = _ => AuditFormat.Csv };
        var model = new Option<string>("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };
        var since = new Option<DateTimeOffset?>("--since")
        {
            Description = "Only what was done at or after it: 2026-03-01 or 2026-03-01T12:00:00Z; UTC unless it says otherwise.",
            CustomParser = ParseTime,
        };
        var token = new Option<string?>("--token-file") { Description = "File with a bearer token that may administer." };
        var authority = new Option<string>("--authority-file")
        {
            Description = "PEM file with the authorities trusted for https. [default: the system's]",
            DefaultValueFactory = _ => "",
        };
        var command = new Command(
            "audit",
            """
            Print the audit trail of a running sidecar, newest first: who changed monitors, labels and settings, when and from where. It needs the role
            administer.

              accuracy-monitor audit --target unix:///run/accuracy-monitor/am.sock --since 2026-03-01 > audit.csv
              accuracy-monitor audit --target https://monitor:7700 --token-file token --format jsonl
            """)
        {
            target, format, model, version, since, token, authority,
        };
        command.SetAction((parsed, cancel) => RunAsync(
            new AuditExport
            {
                Target = parsed.GetRequiredValue(target),
                Format = parsed.GetValue(format),
                TokenFile = parsed.GetValue(token),
                AuthorityFile = parsed.GetRequiredValue(authority),
                Request = new ListAuditEntriesRequest
                {
                    PageSize = PageSize,
                    Model = parsed.GetRequiredValue(model),
                    Version = parsed.GetRequiredValue(version),
                    Since = parsed.GetValue(since)?.ToTimestamp(),
                },
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    private static async Task<int> RunAsync(AuditExport export, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        try
        {
            await PrintAsync(export, output, cancel);
            return ExitStatus.Success;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitStatus.Cancelled;
        }
        catch (RpcException e) when (cancel.IsCancellationRequested && e.StatusCode == StatusCode.Cancelled)
        {
            return ExitStatus.Cancelled;
        }
        catch (ArgumentException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.Usage;
        }
        catch (RpcException e)
        {
            await error.WriteLineAsync($"{export.Target}: {e.StatusCode}: {e.Status.Detail}");
            return ExitStatus.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.Failed;
        }
    }

    private static async Task PrintAsync(AuditExport export, TextWriter output, CancellationToken cancel)
    {
        using var channel = MonitorChannel.Create(export.Target, export.AuthorityFile, export.TokenFile ?? "");
        var service = new AuditService.AuditServiceClient(channel);
        var writer = AuditWriter.Of(export.Format, output);
        await writer.BeginAsync();
        var request = export.Request;
        do
        {
            var page = await service.ListAuditEntriesAsync(request, cancellationToken: cancel);
            foreach (var entry in page.Entries)
            {
                await writer.WriteAsync(entry);
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    private static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        result.AddError($"--since is '{text}'; it must be a time such as 2026-03-01 or 2026-03-01T12:00:00Z.");
        return null;
    }

    private sealed record AuditExport
    {
        public required string Target { get; init; }

        public required AuditFormat Format { get; init; }

        public required string? TokenFile { get; init; }

        public required string AuthorityFile { get; init; }

        public required ListAuditEntriesRequest Request { get; init; }
    }
}
