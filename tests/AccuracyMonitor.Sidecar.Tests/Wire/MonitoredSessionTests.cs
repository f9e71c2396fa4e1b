using System.Runtime.InteropServices;
using System.Text;
using AccuracyMonitor.Client;
using AccuracyMonitor.Client.OnnxRuntime;
using AccuracyMonitor.Protocol;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

/// <summary>A real ONNX Runtime session, observed by the real sidecar, which asks for every label: so it tells what it was told.</summary>
public sealed class MonitoredSessionTests
{
    private const int Rows = 5;
    private static readonly byte[] Model = TinyClassifier.Onnx();
    private static readonly float[] X = [.. Enumerable.Range(0, Rows * 4).Select(i => MathF.Sin(i * 1.7f))];

    public enum Api
    {
        Named,
        NamedOutputs,
        NamedOptions,
        Ort,
        OrtDictionary,
        OrtInto,
        OrtAsync,
    }

    public static MatrixTheoryData<Api, string> EveryWay { get; } = new(Enum.GetValues<Api>(), ["softmax", "half", "double", "logits"]);

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_run_returns_what_the_session_returns_and_the_sidecar_is_told_the_same(Api api, string output)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1");
        await using var client = Connect(sidecar, logits: output == "logits");
        using var bare = new InferenceSession(Model);

        // On a machine that ONNX Runtime counts as one core its default is a session without threads, and that refuses RunAsync.
        using var options = new SessionOptions { IntraOpNumThreads = 2 };
        using var session = new MonitoredSession(new InferenceSession(Model, options), client, output);

        // Casting is exact enough to compare in: half carries 11 bits.
        var expected = Softmax(bare);
        (await RunAsync(session, api, output, "run")).ShouldBe(Values(bare, output));
        await client.DisposeAsync();

        var told = (await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1000 })).Items.OrderBy(i => i.PredictionId, StringComparer.Ordinal).ToList();
        told.Select(i => i.PredictionId).ShouldBe(["run#0", "run#1", "run#2", "run#3", "run#4"]);
        var rows = told.SelectMany(i => MemoryMarshal.Cast<byte, float>(i.Probabilities.Span).ToArray()).ToArray();
        rows.ShouldBe(expected, output == "half" ? 5e-4 : 1e-6);
        client.Counters.Accepted.ShouldBe(Rows);
        client.Counters.Dropped.ShouldBe(0);
    }

    [Theory]
    [InlineData(Api.Named)]
    [InlineData(Api.Ort)]
    public async Task The_input_of_a_wanted_label_is_held_as_the_bytes_of_its_row(Api api)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1");
        await using var client = Connect(sidecar);
        var held = new KeepRing<byte[]>(100, TimeSpan.FromMinutes(1));
        using var session = new MonitoredSession(new InferenceSession(Model), client, "softmax", held);
        var requests = client.LabelRequests();

        await RunAsync(session, api, "softmax", new Observation(["a", "b", "c", "d", "e"]));
        await client.DisposeAsync();

        Dictionary<string, float[]> kept = [];
        await foreach (var request in requests)
        {
            held.TryTake(request.PredictionId, out var input).ShouldBeTrue();
            kept[request.PredictionId] = MemoryMarshal.Cast<byte, float>(input).ToArray();
        }

        kept.Count.ShouldBe(Rows);
        kept["a"].ShouldBe(X[..4]);
        kept["e"].ShouldBe(X[16..]);
    }

    [Theory]
    [InlineData(Api.Named)]
    [InlineData(Api.Ort)]
    public async Task The_input_of_a_wanted_label_is_attached_as_a_NumPy_array_of_its_row(Api api)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1");
        await using var client = Connect(sidecar);
        using var session = new MonitoredSession(new InferenceSession(Model), client, "softmax").AttachInputs();

        await RunAsync(session, api, "softmax", new Observation(["a", "b", "c", "d", "e"]));
        await client.DisposeAsync();

        (client.Counters.InputsAttached, client.Counters.InputsDropped).ShouldBe((Rows, 0));
        var input = await sidecar.Labels.GetInputAsync(new GetInputRequest { Model = "m", Version = "1", PredictionId = "e" });
        input.ContentType.ShouldBe("application/x-npy");
        input.Content.ToByteArray().ShouldBe(NpyFormat.Write("<f4", [4], MemoryMarshal.AsBytes(X.AsSpan(16))));
    }

    [Fact]
    public async Task An_input_that_cannot_be_attached_is_dropped_and_counted()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1", "--Labelling:Inputs:MaxBytes=2000");
        await using var client = Connect(sidecar);

        client.AttachInput("nobody", "image/png", "picture"u8.ToArray()).ShouldBeTrue("the sidecar says that nobody asked for it");
        client.AttachInput("a", "image/png", ReadOnlyMemory<byte>.Empty).ShouldBeFalse();
        client.AttachInput("a", "image/png", new byte[(16 * 1024 * 1024) + 1]).ShouldBeFalse();
        await client.DisposeAsync();

        client.AttachInput("a", "image/png", "picture"u8.ToArray()).ShouldBeFalse("closed");
        (client.Counters.InputsAttached, client.Counters.InputsDropped).ShouldBe((0, 4));
    }

    [Fact]
    public async Task What_a_ring_holds_is_attached_when_its_label_is_wanted()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1");
        await using var client = Connect(sidecar);
        var held = new KeepRing<string>(100, TimeSpan.FromMinutes(1));
        client.AttachFrom(held, "text/plain", static text => Encoding.UTF8.GetBytes(text));

        held.Hold("a", "two words");
        client.Observe([0.2f, 0.3f, 0.5f], "a");
        await client.DisposeAsync();

        var input = await sidecar.Labels.GetInputAsync(new GetInputRequest { Model = "m", Version = "1", PredictionId = "a" });
        (input.ContentType, input.Content.ToStringUtf8()).ShouldBe(("text/plain", "two words"));
        held.Count.ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_observed_is_counted_and_the_caller_has_his_answer()
    {
        await using var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = "unix:///nowhere/at/all.sock",
            Model = "m",
            Version = "1",
            ClassCount = 3,
            ResponseTimeout = TimeSpan.FromMilliseconds(100)
        });
        using var session = new MonitoredSession(new InferenceSession(Model), client, "softmax");

        session.Run(Inputs(), ["class"]).Count.ShouldBe(1);
        client.Counters.DroppedUnreadable.ShouldBe(1, "the output was not asked for");
        session.Run(Inputs(), new Observation(["only", "two"])).Count.ShouldBe(5);
        client.Counters.DroppedInvalid.ShouldBe(3, "three rows have no id");
        await client.DisposeAsync();
        session.Run(Inputs(), new string('x', 200)).Count.ShouldBe(5);
        client.Counters.Observed.ShouldBe(1 + Rows + Rows);
        client.Counters.Dropped.ShouldBe(1 + Rows + Rows);
    }

    [Fact]
    public async Task What_the_session_throws_is_thrown_and_not_observed()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        await using var client = Connect(sidecar);
        using var session = new MonitoredSession(new InferenceSession(Model), client, "softmax");

        var wrong = new DenseTensor<float>(new float[6], [2, 3]);
        Should.Throw<OnnxRuntimeException>(() => session.Run([NamedOnnxValue.CreateFromTensor("x", wrong)]));
        client.Counters.Observed.ShouldBe(0);
    }

    [Theory]
    [InlineData("probs", null, "'probs'; the model's outputs are logits, softmax, half, double, class")]
    [InlineData("class", null, "[-1, 1]; it must be [N, 3]")]
    [InlineData("softmax", "y", "'y'; the model's inputs are x")]
    public async Task A_session_that_cannot_be_observed_is_refused_when_it_is_wrapped(string output, string? heldInput, string says)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        await using var client = Connect(sidecar);
        using var session = new InferenceSession(Model);

        Should.Throw<ArgumentException>(() => new MonitoredSession(session, client, output, null, heldInput)).Message.ShouldContain(says);
    }

    private static MonitorClient Connect(TestSidecar sidecar, bool logits = false) => MonitorClient.Connect(new MonitorClientOptions
    {
        Address = $"unix://{Path.Combine(sidecar.Folder, "am.sock")}",
        Model = "m",
        Version = "1",
        ClassCount = 3,
        Logits = logits,
    });

    private static NamedOnnxValue[] Inputs() => [NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(X, [Rows, 4]))];

    private static double[] Values(InferenceSession bare, string output)
    {
        using var results = bare.Run(Inputs(), [output]);
        return Numbers(results[0].Value);
    }

    private static float[] Softmax(InferenceSession bare) => [.. Values(bare, "softmax").Select(v => (float)v)];

    private static async Task<double[]> RunAsync(MonitoredSession session, Api api, string output, Observation observation)
    {
        using var options = new RunOptions();
        using var x = OrtValue.CreateTensorValueFromMemory((float[])X.Clone(), [Rows, 4]);
        using var into = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, session.Session.OutputMetadata[output].ElementDataType, [Rows, 3]);
        switch (api)
        {
            case Api.Named:
                return Numbers(session.Run(Inputs(), observation).Single(r => r.Name == output).Value);
            case Api.NamedOutputs:
                return Numbers(session.Run(Inputs(), ["class", output], observation)[1].Value);
            case Api.NamedOptions:
                return Numbers(session.Run(Inputs(), [output], options, observation)[0].Value);
            case Api.Ort:
                return Numbers(session.Run(options, ["x"], [x], ["class", output], observation)[1]);
            case Api.OrtDictionary:
                return Numbers(session.Run(options, new Dictionary<string, OrtValue> { ["x"] = x }, [output], observation)[0]);
            case Api.OrtInto:
                session.Run(options, ["x"], [x], [output], [into], observation);
                return Numbers(into);
            default:
                return Numbers((await session.RunAsync(options, ["x"], [x], [output], [into], observation)).Single());
        }
    }

    private static double[] Numbers(object value) => value switch
    {
        OrtValue o when o.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float =>
            [.. o.GetTensorDataAsSpan<float>().ToArray().Select(v => (double)v)],
        OrtValue o when o.GetTensorTypeAndShape().ElementDataType == TensorElementType.Double => o.GetTensorDataAsSpan<double>().ToArray(),
        OrtValue o => [.. o.GetTensorDataAsSpan<Float16>().ToArray().Select(v => (double)(float)v)],
        Tensor<float> t => [.. t.Select(v => (double)v)],
        Tensor<double> t => [.. t],
        Tensor<Float16> t => [.. t.Select(v => (double)(float)v)],
        _ => throw new InvalidOperationException($"{value.GetType()}"),
    };
}
