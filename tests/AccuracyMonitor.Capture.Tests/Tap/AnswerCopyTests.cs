using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Tests.ModelServers;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class AnswerCopyTests
{
    private static readonly TapOptions Options = new() { MaxAnswerBytes = 1024, MaxQueuedAnswers = 4096, MaxQueuedBytes = 1 << 20 };

    /// <summary>However a body is cut into pieces, its messages come out whole and in order, those beyond the bound left out and counted.</summary>
    [Fact]
    public void Messages_come_out_whole_however_the_bytes_are_cut() => Gen.Select(
        Gen.Byte.Array[0, 1500].Array[0, 12], Gen.Int[1, 700].Array[1, 20], Gen.Bool).Sample(
        (messages, cuts, streamed) =>
        {
            var queue = new TapQueue(Options, TimeProvider.System, NullLogger.Instance);
            var call = new TapCall { Id = "a", Protocol = TapProtocol.Grpc, IsStreamed = streamed };
            var copy = new GrpcAnswerCopy(call, new AnswerHead(), queue);
            var bytes = messages.SelectMany(m => Answers.Frame(m)).ToArray();
            for (var (at, i) = (0, 0); at < bytes.Length; i++)
            {
                var piece = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
                copy.Append(bytes.AsSpan(at, piece));
                at += piece;
            }

            copy.Complete(CallOutcome.Answered);
            foreach (var message in messages.Where(m => m.Length <= Options.MaxAnswerBytes))
            {
                queue.Reader.TryRead(out var answer).ShouldBeTrue();
                answer!.Body.Memory.ToArray().ShouldBe(message);
                answer.Body.Release();
            }

            queue.Reader.TryRead(out _).ShouldBeFalse();
            queue.Budget.Held.ShouldBe(0);
        });

    [Fact]
    public void Nothing_is_held_once_a_call_is_over_whatever_became_of_it() => Gen.Select(
        Gen.Byte.Array[0, 3000], Gen.Enum<CallOutcome>(), Gen.Bool, Gen.Bool).Sample(
        (bytes, outcome, rest, streamed) =>
        {
            var queue = new TapQueue(Options, TimeProvider.System, NullLogger.Instance);
            var call = new TapCall { Id = "a", Protocol = rest ? TapProtocol.Rest : TapProtocol.Grpc, IsStreamed = streamed };
            AnswerCopy copy = rest ? new RestAnswerCopy(call, new AnswerHead(), queue)
                : new GrpcAnswerCopy(call, new AnswerHead(), queue);
            foreach (var piece in bytes.Chunk(100))
            {
                copy.Append(piece);
            }

            copy.Complete(outcome);
            while (queue.Reader.TryRead(out var answer))
            {
                answer.Body.Release();
            }

            queue.Budget.Held.ShouldBe(0);
        });

    [Fact]
    public void A_copy_that_fails_is_counted_and_logged_once_and_throws_nothing()
    {
        var log = new LogRecorder();
        var queue = new TapQueue(Options, TimeProvider.System, log);
        var metrics = new CountedCapture();
        var copy = new FailingCopy(queue);

        copy.Append([1, 2]);
        copy.Append([3]);
        copy.Complete(CallOutcome.Answered);

        queue.Counts.MoveTo(metrics);
        metrics.Failures.ShouldBe([("decoder_failed", 1)]);
        metrics.DefectCount.ShouldBe(1);
        log.Exceptions.ShouldHaveSingleItem().Message.ShouldBe("a defect");
    }

    /// <summary>An array of this length is refused by the runtime, as any is when memory is used up.</summary>
    [Theory]
    [InlineData(TapProtocol.Grpc)]
    [InlineData(TapProtocol.Rest)]
    internal void A_copy_for_which_there_is_no_memory_takes_nothing_of_the_budget(TapProtocol protocol)
    {
        var options = new TapOptions { MaxAnswerBytes = int.MaxValue, MaxQueuedBytes = long.MaxValue / 2 };
        var queue = new TapQueue(options, TimeProvider.System, NullLogger.Instance);
        var call = new TapCall { Id = "a", Protocol = protocol };
        var head = new AnswerHead();
        head.Take(HeaderField.Of("content-length", $"{int.MaxValue}"));
        AnswerCopy copy = protocol == TapProtocol.Rest ? new RestAnswerCopy(call, head, queue) : new GrpcAnswerCopy(call, head, queue);

        copy.Append([0, 0x7f, 0xff, 0xff, 0xff]);

        queue.Budget.Held.ShouldBe(0);
        var metrics = new CountedCapture();
        queue.Counts.MoveTo(metrics);
        metrics.Failures.ShouldBe([("decoder_failed", 1)]);
    }

    private sealed class FailingCopy(TapQueue queue) : AnswerCopy(queue)
    {
        protected override void Take(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("a defect");

        protected override void Finish(CallOutcome outcome) => throw new InvalidOperationException("a defect");

        protected override void Release()
        {
        }
    }
}
