using System.Runtime.InteropServices;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Sidecar.Tests.Fuzz;

/// <summary>Batches from the wire: what protobuf can read, the parser judges without an exception.</summary>
public sealed class BatchFuzzTests
{
    [Fact]
    public async Task Batches_of_every_encoding()
    {
        await using var bench = await Workbench.OpenAsync();
        var plain = Batches.Of([[0.9f, 0.1f], [0.8f, 0.2f]], ["a", "b"]);
        plain.TimesUnixUs.Add([1_700_000_000_000_000, 1]);
        var halves = new PredictionBatch
        {
            Model = "m",
            Version = "1",
            ClassCount = 2,
            Form = OutputForm.Logits,
            Encoding = ValueEncoding.Float16,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>([(Half)1, (Half)2]).ToArray()),
        };
        PredictionBatch Top(uint top) => new()
        {
            Model = "m",
            Version = "1",
            Segment = "eu",
            ClassCount = 4,
            Encoding = ValueEncoding.Top,
            Top = top,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(top == 1 ? [0.7f, 0.3f] : [0.6f, 0.3f, 0.1f]).ToArray()),
            TopClasses = ByteString.CopyFrom(MemoryMarshal.AsBytes<ushort>(top == 1 ? [2] : [2, 0]).ToArray()),
        };
        var parser = bench.Get<BatchParser>();
        FuzzRun.Run<InvalidProtocolBufferException>(
            [plain.ToByteArray(), halves.ToByteArray(), Top(1).ToByteArray(), Top(2).ToByteArray()],
            4000,
            bytes =>
            {
                if (BatchMapping.Read(PredictionBatch.Parser.ParseFrom(bytes), out var reported) is null)
                {
                    parser.Parse(reported).Batch?.Release();
                }
            });
    }
}
