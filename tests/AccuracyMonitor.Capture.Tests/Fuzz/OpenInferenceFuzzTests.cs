using System.Text;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Sinks.Truth;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Tests.Fuzz;
using Google.Protobuf;
using static AccuracyMonitor.Tests.ModelServers.SomeAnswer;

namespace AccuracyMonitor.Capture.Tests.Fuzz;

/// <summary>What comes from model servers and their loggers: the decoders never throw, whatever the bytes are.</summary>
public sealed class OpenInferenceFuzzTests
{
    private static byte[][] Rest { get; } =
    [
        .. ((string[])[
            """{"model_name":"m","model_version":"3","id":"a","outputs":[{"name":"p","datatype":"FP32","shape":[2,2],"data":[0.25,0.75,0.5,0.5]}]}""",
            """{"model_name":"m","outputs":[{"name":"p","datatype":"FP64","shape":[2,2],"data":[[0.25,0.75],[0.5,0.5]]},"""
                + """{"name":"l","datatype":"INT64","shape":[2],"data":[1,0]}]}""",
            """{"predictions":[[0.25,0.75],[0.5,0.5]]}""",
            """{"model_name":"m","outputs":[{"name":"p","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}12345678""",
            """{"error":"no such model"}"""]).Select(Encoding.UTF8.GetBytes),
    ];

    private static byte[][] Events { get; } =
    [
        .. ((string[])[
            """{"specversion":"1.0","id":"a","type":"org.kubeflow.serving.inference.response","source":"s","time":"2026-03-01T12:00:00Z","""
                + """ "data":{"predictions":[[0.25,0.75]]}}""",
            """[{"specversion":"1.0","id":"a","type":"t","data_base64":"eyJwIjoxfQ=="},"""
                + """{"specversion":"1.0","id":"b","type":"t","inferenceservicename":"m","data":"x"}]""",
            """{"id":"1","reqType":"response","inferenceService":"m","occurrenceTime":"2026-03-01T12:00:00Z","""
                + """ "bytes":"eyJwIjoxfQ=="}"""]).Select(Encoding.UTF8.GetBytes),
    ];

    private static byte[][] Truths { get; } =
    [
        .. ((string[])[
            """{"model":"m","version":"3","items":[{"id":"p-1","class":3,"time":"2026-03-01T12:00:00.123456789Z"},{"id":"p-2","class":"boot"}]}""",
            """{"items":[{"class":1,"id":"\u00fc"},7,{"id":"b","class":1.5},{"time":"2026-03-01"}],"more":{"a":[1]},"version":"3","model":"m"}""",
            """[{"specversion":"1.0","id":"a","type":"io.accuracymonitor.truth.v1","source":"s","data":{"model":"m","version":"3","""
                + """ "items":[{"id":"p","class":0}]}},"""
                + """{"id":"b","type":"io.accuracymonitor.truth.v1","source":"s","data_base64":"eyJtb2RlbCI6Im0ifQ=="}]"""]).Select(Encoding.UTF8.GetBytes),
    ];

    private static byte[][] Requests { get; } =
    [
        .. ((string[])[
            """{"inputs":[{"name":"x","datatype":"FP32","shape":[2,2],"data":[[0.25,0.75],[0.5,0.5]]},{"datatype":"BYTES","shape":[2],"data":["a","b"]}]}""",
            """{"id":"a","inputs":[{"data":[1,2],"name":"x","datatype":"INT64","shape":[2,1]}]}""",
            """{"inputs":[{"name":"x","datatype":"UINT8","shape":[2,4],"parameters":{"binary_data_size":8}}]}12345678"""]).Select(Encoding.UTF8.GetBytes),
        Request(new InferTensorContents { Fp32Contents = { 1, 2, 3, 4 } }, "FP32").ToByteArray(),
        Request(new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("ab"), ByteString.Empty } }, "BYTES").ToByteArray(),
    ];

    [Fact]
    public void REST_answers() => FuzzRun.Run<NothingIsThrownException>(Rest, 4000, bytes =>
    {
        Decoder().DecodeRest(bytes, null, null, "m");
        Decoder("*=p").DecodeRest(bytes, null, bytes.Length / 2, "");
    });

    [Fact]
    public void Protobuf_answers()
    {
        byte[][] corpus =
        [
            Fp32(TwoRows, 2, 2).ToByteArray(), Fp32(TwoRows, 2, 2, 1, 1).ToByteArray(), Raw("FP16", new byte[8], 2, 2).ToByteArray(),
            Raw("BYTES", [3, 0, 0, 0, 97, 98, 99], 1).ToByteArray(),
        ];
        FuzzRun.Run<NothingIsThrownException>(corpus, 4000, bytes =>
        {
            Decoder().DecodeMessage(bytes, streamed: false);
            Decoder().DecodeMessage(bytes, streamed: true);
        });
    }

    [Fact]
    public void Framed_and_packed_answers()
    {
        byte[][] corpus = [Frame(Fp32(TwoRows, 2, 2)), Frame(Fp32(TwoRows, 2, 2), gzip: true), [.. Frame(Fp32(TwoRows, 2, 2)), .. Frame(Fp32(TwoRows, 2, 2))]];
        FuzzRun.Run<NothingIsThrownException>(corpus, 3000, bytes =>
        {
            Decoder().DecodeGrpc(bytes, "gzip", streamed: false);
            Decoder().DecodeGrpc(bytes, "deflate", streamed: true);
        });
    }

    [Fact]
    public void Events_of_loggers() => FuzzRun.Run<NothingIsThrownException>(Events, 4000, bytes =>
    {
        JsonEvents.CloudEvents.Read(bytes, static (attributes, data) => attributes.ToEvent(data, caller: null));
        JsonEvents.ModelMesh.Read(bytes, static (attributes, data) => attributes.ToEvent(data, caller: null));
        JsonEvents.LogRequests.Read(bytes, static (attributes, data) => attributes.ToEvent(data, caller: null));
    });

    [Fact]
    public void Truth_events() => FuzzRun.Run<NothingIsThrownException>(Truths, 4000, bytes =>
    {
        var binary = new EventAttributes();
        binary.Set("id", "a");
        binary.Set("source", "s");
        binary.Set("type", TruthReader.EventType);
        var reader = new TruthReader(caller: null, static _ => false);
        reader.Add(binary, bytes);
        JsonEvents.CloudEvents.Read(bytes, reader.Add);
        foreach (var truth in reader.Truths)
        {
            truth.Model.Length.ShouldBeInRange(1, 128);
            truth.PredictionId.Length.ShouldBeInRange(1, 128);
            (truth.ClassName.Length > 0).ShouldBe(truth.ClassNumber is null);
        }
    });

    [Fact]
    public void Inputs_of_requests() => FuzzRun.Run<NothingIsThrownException>(Requests, 4000, bytes =>
    {
        if (RequestInputs.Read(bytes, 1 << 16, out _) is { } tensors)
        {
            RowInput.Of(tensors, 1, 2);
            RowInput.Of(tensors, 0, 1);
        }
    });

    private static ModelInferRequest Request(InferTensorContents contents, string datatype) => new()
    {
        ModelName = "m",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = datatype, Shape = { 2, 2 }, Contents = contents } },
    };
}
