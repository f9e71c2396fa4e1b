using System.Text.Json;
using AccuracyMonitor.Cli.Administration;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Tests.Administration;

public sealed class AuditCommandTests
{
    [Fact]
    public async Task The_trail_of_a_running_sidecar_is_printed_as_csv_and_as_json_lines()
    {
        await using var sidecar = await RunningSidecar.StartAsync("--Alarms:Objective=0.9");

        var (code, csv, error) = await sidecar.RunAsync(AuditCommand.Create());
        var (_, json, _) = await sidecar.RunAsync(AuditCommand.Create(), "--format", "jsonl");
        var (_, later, _) = await sidecar.RunAsync(AuditCommand.Create(), "--since", "2999-01-01");

        error.ShouldBe("");
        code.ShouldBe(0);
        var lines = csv.TrimEnd().Split('\n');
        lines[0].ShouldBe("sequence,time,actor,peer_address,action,model,version,detail");
        lines.Length.ShouldBe(2);
        lines[1].ShouldStartWith("1,2");
        lines[1].ShouldContain("Z,sidecar,,started,,,settings ");
        using var document = JsonDocument.Parse(json);
        document.RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(lines[0].Split(','));
        document.RootElement.GetProperty("action").GetString().ShouldBe("started");
        later.TrimEnd().ShouldBe(lines[0]);
    }

    [Fact]
    public async Task Text_that_would_end_a_field_is_quoted()
    {
        var entry = new AuditEntry
        {
            Sequence = 7,
            Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)),
            Actor = "jwt:a,\"b\"",
            PeerAddress = "::1",
            Action = (AuditAction)99,
            Model = "schöne\nschuhe",
            Version = "1",
            Detail = "2 given",
        };

        (await WrittenAsync(TextFormat.Csv)).Split('\n', 2)[1]
            .ShouldBe("7,2026-03-01T12:00:00.0000000Z,\"jwt:a,\"\"b\"\"\",::1,99,\"schöne\nschuhe\",1,2 given\n");
        (await WrittenAsync(TextFormat.Jsonl)).ShouldBe(
            """{"sequence":7,"time":"2026-03-01T12:00:00.0000000Z","actor":"jwt:a,\"b\"","peer_address":"::1","action":"99","""
                + """ "model":"schöne\nschuhe","version":"1","detail":"2 given"}""".TrimStart() + "\n");

        async Task<string> WrittenAsync(TextFormat format)
        {
            await using var output = new StringWriter { NewLine = "\n" };
            await using var writer = TableWriter.Of(format, output, AuditTable.Columns);
            await writer.WriteAsync(new[] { AuditTable.Row(entry) }.ToAsyncEnumerable());
            return output.ToString();
        }
    }

    [Theory]
    [InlineData("--target ftp://x", 64, "Address is 'ftp://x'")]
    [InlineData("--since yesterday", 64, "--since is 'yesterday'; it must be a time such as")]
    [InlineData("--token-file /nowhere/at/all", 64, "/nowhere/at/all")]
    [InlineData("--target unix:///nowhere/at/all.sock", 69, "The sidecar at unix:///nowhere/at/all.sock cannot be reached: ")]
    public async Task What_cannot_be_done_is_said(string arguments, int status, string message)
    {
        var (code, _, error) = await CommandRun.InvokeAsync(AuditCommand.Create(), arguments.Split(' '));

        code.ShouldBe(status);
        error.ShouldContain(message);
    }
}
