using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Tests.ModelServers;
using CsCheck;
using Microsoft.AspNetCore.Http;

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
            var queue = new TapQueue(Options, TimeProvider.System);
            var call = new TapCall { Id = "a", Protocol = TapProtocol.Grpc, IsStreamed = streamed };
            var copy = new GrpcAnswerCopy(call, new DefaultHttpContext().Response, queue);
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
            var queue = new TapQueue(Options, TimeProvider.System);
            var call = new TapCall { Id = "a", Protocol = rest ? TapProtocol.Rest : TapProtocol.Grpc, IsStreamed = streamed };
            AnswerCopy copy = rest ? new RestAnswerCopy(call, new DefaultHttpContext().Response, queue)
                : new GrpcAnswerCopy(call, new DefaultHttpContext().Response, queue);
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
    public async Task A_copy_that_fails_does_not_reach_the_caller()
    {
        var queue = new TapQueue(Options, TimeProvider.System);
        using var caller = new MemoryStream();
        await using var stream = new CopyingStream(caller, new FailingCopy(queue));

        await stream.WriteAsync(new byte[] { 1, 2 });
        await stream.WriteAsync(new byte[] { 3 });

        caller.ToArray().ShouldBe([1, 2, 3]);
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
