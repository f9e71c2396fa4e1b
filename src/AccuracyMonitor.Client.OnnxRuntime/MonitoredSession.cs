using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Client.OnnxRuntime;

/// <summary>
/// An <see cref="InferenceSession"/> whose runs are observed. Every <c>Run</c> returns, and throws, exactly what the session's own does; what
/// goes wrong in observing is counted (<see cref="ClientCounters.DroppedUnreadable"/>) and never thrown. Thread-safe as the session is.
/// </summary>
/// <remarks>
/// Whether the output is softmax or logits is said by <see cref="MonitorClientOptions.Logits"/>. An output in a device's memory is not read:
/// bind it to host memory, or copy it and call <see cref="MonitorClient.Observe"/>.
/// </remarks>
public sealed class MonitoredSession : IDisposable
{
    private readonly string _output;
    private readonly RowObserver _observer;
    private readonly MonitorClient _client;
    private string? _heldInput;

    /// <summary>Wraps a session; it is disposed with this object, the client is not.</summary>
    /// <param name="session">The loaded model.</param>
    /// <param name="client">Where its predictions go.</param>
    /// <param name="output">Name of the output to observe: N rows of K numbers, float, float16 or double.</param>
    /// <param name="held">Where each row's input is held, as the tensor's bytes, until its label is asked for. Null: inputs are not held.</param>
    /// <param name="heldInput">Name of the input to hold; its first dimension is N. Default: the model's first.</param>
    /// <exception cref="ArgumentException">The model has no such output or input, or the output is not N rows of the client's K numbers.</exception>
    public MonitoredSession(InferenceSession session, MonitorClient client, string output, KeepRing<byte[]>? held = null, string? heldInput = null)
    {
        if (!session.OutputMetadata.TryGetValue(output, out var metadata))
        {
            throw new ArgumentException($"output is '{output}'; the model's outputs are {string.Join(", ", session.OutputNames)}.", nameof(output));
        }

        if (!IsRows(metadata, client.ClassCount))
        {
            throw new ArgumentException(
                $"output '{output}' has the shape [{string.Join(", ", metadata.IsTensor ? metadata.Dimensions : [])}]; it must be [N, {client.ClassCount}] of "
                    + $"float, float16 or double.",
                nameof(output));
        }

        Session = session;
        _client = client;
        _output = output;
        var name = InputName(heldInput, nameof(heldInput));
        _heldInput = held is null ? null : name;
        _observer = new RowObserver(client, held);
    }

    /// <summary>The session itself, for whatever is not to be observed.</summary>
    public InferenceSession Session { get; }

    /// <summary>
    /// Attaches the input of each prediction whose label is wanted, as a NumPy array, so that whoever labels sees it: rows are held in memory until the sidecar
    /// has answered. Call it once, before the first run.
    /// </summary>
    /// <param name="input">Name of the input; its first dimension is N. Default: the model's first.</param>
    /// <param name="heldBytes">Bound on what is held, at least 1 MiB. Default 64 MiB.</param>
    /// <returns>This session.</returns>
    /// <exception cref="ArgumentException">The model has no such input, or inputs are held or attached already.</exception>
    public MonitoredSession AttachInputs(string? input = null, int heldBytes = 64 * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heldBytes, 1024 * 1024);
        if (_heldInput is not null)
        {
            throw new ArgumentException($"The input '{_heldInput}' is held already.", nameof(input));
        }

        _heldInput = InputName(input, nameof(input));
        _observer.Attacher = new InputAttacher(_client, heldBytes);
        return this;
    }

    /// <summary>Runs on named values and returns every output.</summary>
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(IReadOnlyCollection<NamedOnnxValue> inputs, Observation observation = default) =>
        Observed(Session.Run(inputs), inputs, observation);

    /// <summary>Runs on named values and returns the outputs asked for.</summary>
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(
        IReadOnlyCollection<NamedOnnxValue> inputs, IReadOnlyCollection<string> outputNames, Observation observation = default) =>
        Observed(Session.Run(inputs, outputNames), inputs, observation);

    /// <summary>Runs on named values with options and returns the outputs asked for.</summary>
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(
        IReadOnlyCollection<NamedOnnxValue> inputs, IReadOnlyCollection<string> outputNames, RunOptions options, Observation observation = default) =>
        Observed(Session.Run(inputs, outputNames, options), inputs, observation);

    /// <summary>Runs on values, each under its name, and returns the outputs asked for.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames, Observation observation = default)
    {
        var results = Session.Run(runOptions, inputNames, inputValues, outputNames);
        Observe(inputNames, inputValues, outputNames, results, observation);
        return results;
    }

    /// <summary>Runs on values by name and returns the outputs asked for.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions runOptions, IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputNames, Observation observation = default)
    {
        var results = Session.Run(runOptions, inputs, outputNames);
        Observe(inputs.Keys, inputs.Values, outputNames, results, observation);
        return results;
    }

    /// <summary>As the session's, into values of the caller's.</summary>
    public void Run(
        RunOptions runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames, IReadOnlyCollection<OrtValue> outputValues, Observation observation = default)
    {
        Session.Run(runOptions, inputNames, inputValues, outputNames, outputValues);
        Observe(inputNames, inputValues, outputNames, outputValues, observation);
    }

    /// <summary>As the session's; observed once it has ended.</summary>
    public async Task<IReadOnlyCollection<OrtValue>> RunAsync(
        RunOptions options, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames, IReadOnlyCollection<OrtValue> outputValues, Observation observation = default)
    {
        var results = await Session.RunAsync(options, inputNames, inputValues, outputNames, outputValues);
        Observe(inputNames, inputValues, outputNames, results, observation);
        return results;
    }

    /// <summary>Disposes the session. Inputs that are still held are let go.</summary>
    public void Dispose()
    {
        _observer.Attacher?.Dispose();
        Session.Dispose();
    }

    private string? InputName(string? name, string parameter) => name is null || Session.InputMetadata.ContainsKey(name)
        ? name ?? (Session.InputNames is [var first, ..] ? first : null)
        : throw new ArgumentException($"{parameter} is '{name}'; the model's inputs are {string.Join(", ", Session.InputNames)}.", parameter);

    private static bool IsRows(NodeMetadata metadata, int classes) => metadata.IsTensor
        && metadata.Dimensions is [_, var k] && (k == classes || k < 0)
        && metadata.ElementDataType is TensorElementType.Float
            or TensorElementType.Float16 or TensorElementType.Double;

    private IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Observed(
        IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results, IEnumerable<NamedOnnxValue> inputs, Observation observation)
    {
        try
        {
            var output = TensorView.Of(results.FirstOrDefault(r => r.Name == _output));
            _observer.Observe(output, _heldInput is null ? default : TensorView.Of(inputs.FirstOrDefault(i => i.Name == _heldInput)), observation);
        }
#pragma warning disable CA1031 // The model has answered; nothing of the monitor's may take that from the caller.
        catch (Exception)
#pragma warning restore CA1031
        {
            _observer.Unreadable();
        }

        return results;
    }

    private void Observe(
        IEnumerable<string> inputNames, IEnumerable<OrtValue> inputs, IEnumerable<string> outputNames, IEnumerable<OrtValue> outputs, Observation observation)
    {
        try
        {
            var output = TensorView.Of(Named(outputNames, outputs, _output));
            _observer.Observe(output, _heldInput is null ? default : TensorView.Of(Named(inputNames, inputs, _heldInput)), observation);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            _observer.Unreadable();
        }
    }

    private static OrtValue? Named(IEnumerable<string> names, IEnumerable<OrtValue> values, string name) =>
        names.Zip(values).FirstOrDefault(p => p.First == name).Second;
}
