using AccuracyMonitor.Capture;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Tests.Intake;

public sealed class BatchMappingTests
{
    [Fact]
    public void Read_AWholeMessage_KeepsEveryField()
    {
        var time = DateTimeOffset.UnixEpoch.AddDays(20_000);
        var message = new PredictionBatch
        {
            Model = "m",
            Version = "2",
            Segment = "eu",
            ClassCount = 4,
            Form = OutputForm.Logits,
            Encoding = ValueEncoding.Top,
            Top = 3,
            Values = ByteString.CopyFrom(1, 2, 3, 4),
            TopClasses = ByteString.CopyFrom(5, 6),
            Ids = { "a", "b" },
            TimesUnixUs = { 7, 8 },
            Time = time.ToTimestamp(),
        };

        BatchMapping.Read(message, out var batch).ShouldBeNull();

        (batch.Model, batch.Version, batch.Segment, batch.Classes, batch.Top, batch.Time).ShouldBe(("m", "2", "eu", 4u, 3u, time));
        (batch.Form, batch.Encoding).ShouldBe((ValueForm.Logits, RowEncoding.TopK));
        batch.Values.ToArray().ShouldBe([1, 2, 3, 4]);
        batch.TopClasses.ToArray().ShouldBe([5, 6]);
        batch.Ids.ShouldBe(["a", "b"]);
        batch.TimesUnixUs.ShouldBe([7L, 8L]);
    }

    [Fact]
    public void Read_AMessage_AllocatesNothing()
    {
        var message = Batches.Of([[0.9f, 0.1f], [0.8f, 0.2f]], ["a", "b"]);
        message.TimesUnixUs.Add([1, 2]);
        message.Time = DateTimeOffset.UnixEpoch.ToTimestamp();

        Allocations.LeastOf(_ => BatchMapping.Read(message, out var _)).ShouldBe(0);
    }

    [Fact]
    public void Read_NoMeaningHere_NamesFieldAndValue()
    {
        BatchMapping.Read(null, out _)!.Reason.ShouldBe("EMPTY_BATCH");
        BatchMapping.Read(new PredictionBatch { Encoding = (ValueEncoding)9 }, out _)!.Message.ShouldBe("encoding is 9; it must be 0 to 3.");
        BatchMapping.Read(new PredictionBatch { Form = (OutputForm)9 }, out _)!.Message.ShouldBe("form is 9; it must be 0 to 2.");
        BatchMapping.Read(new PredictionBatch { Time = new Timestamp { Seconds = long.MaxValue } }, out _)!.Reason.ShouldBe("INVALID_TIME");
    }

    [Fact]
    public void EveryEncodingFormAndFault_HasItsCounterpart()
    {
        foreach (var encoding in System.Enum.GetValues<ValueEncoding>())
        {
            BatchMapping.Read(new PredictionBatch { Encoding = encoding }, out var batch).ShouldBeNull();
            BatchMapping.ToWire((batch.Encoding, 1)).Encoding.ShouldBe(encoding == ValueEncoding.Unspecified ? ValueEncoding.Float32 : encoding);
        }

        foreach (var form in System.Enum.GetValues<OutputForm>())
        {
            BatchMapping.Read(new PredictionBatch { Form = form }, out _).ShouldBeNull();
        }

        System.Enum.GetValues<RowFaultKind>().Select(BatchMapping.ToWire).Distinct().Except([ItemStatus.Unspecified, ItemStatus.Accepted])
            .Count().ShouldBe(System.Enum.GetValues<RowFaultKind>().Length);
    }
}
