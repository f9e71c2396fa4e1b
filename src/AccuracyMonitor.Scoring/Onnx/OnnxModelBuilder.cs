namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>
/// Writes an ONNX model: nodes in topological order, initializers, inputs, outputs, metadata. The same calls give the same bytes. Field
/// numbers are those of onnx.proto (github.com/onnx/onnx, IR version 7). Operators are not checked here; the runtime that loads the file
/// checks them. Not thread-safe.
/// </summary>
/// <param name="graphName">Name shown by viewers.</param>
/// <param name="opset">Version of the default operator set; every ONNX Runtime since 1.7 reads 13.</param>
public sealed class OnnxModelBuilder(string graphName, int opset = 13)
{
    private const int IrVersion = 7;
    private const string Producer = "accuracy-monitor";

    private readonly List<OnnxTensor> _initializers = [];
    private readonly List<Action<ProtoWriter>> _nodes = [];
    private readonly List<Action<ProtoWriter>> _inputs = [];
    private readonly List<Action<ProtoWriter>> _outputs = [];
    private readonly List<KeyValuePair<string, string>> _metadata = [];
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private int _unnamed;

    /// <summary>Declares an input.</summary>
    /// <returns>Its name, to pass to <see cref="Node(string, string[], OnnxAttribute[])"/>.</returns>
    public string Input(string name, OnnxElementType type, params OnnxDimension[] dimensions)
    {
        Define(name);
        _inputs.Add(w => WriteValueInfo(w, name, type, dimensions));
        return name;
    }

    /// <summary>Declares a value computed by some node as an output.</summary>
    public void Output(string name, OnnxElementType type, params OnnxDimension[] dimensions) =>
        _outputs.Add(w => WriteValueInfo(w, name, type, dimensions));

    /// <summary>Adds a constant.</summary>
    /// <returns>Its name.</returns>
    public string Initializer(OnnxTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Define(tensor.Name);
        _initializers.Add(tensor);
        return tensor.Name;
    }

    /// <inheritdoc cref="OnnxTensor.Floats"/>
    public string Floats(string name, float[] values, params long[] dimensions) => Initializer(OnnxTensor.Floats(name, values, dimensions));

    /// <inheritdoc cref="OnnxTensor.Floats"/>
    public string Integers(string name, long[] values, params long[] dimensions) => Initializer(OnnxTensor.Integers(name, values, dimensions));

    /// <summary>Adds a node with one output, whose name is generated.</summary>
    /// <returns>The output's name.</returns>
    public string Node(string operation, string[] inputs, params OnnxAttribute[] attributes) =>
        Node(operation, inputs, [$"{operation}_{++_unnamed}"], attributes)[0];

    /// <summary>Adds a node with named outputs.</summary>
    /// <param name="operation">For example <c>Gemm</c>.</param>
    /// <param name="inputs">Names; an empty name omits an optional input.</param>
    /// <param name="outputs">Names not used before.</param>
    /// <param name="attributes">Without attributes the operator's defaults apply.</param>
    /// <exception cref="ArgumentException">An input is not defined yet, or an output is defined twice.</exception>
    public IReadOnlyList<string> Node(string operation, string[] inputs, string[] outputs, params OnnxAttribute[] attributes)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        foreach (var input in inputs)
        {
            if (input.Length > 0 && !_values.Contains(input))
            {
                throw new ArgumentException($"{operation}: nothing before it defines '{input}'.", nameof(inputs));
            }
        }

        foreach (var output in outputs)
        {
            Define(output);
        }

        _nodes.Add(w => WriteNode(w, operation, inputs, outputs, attributes));
        return outputs;
    }

    /// <summary>Adds a text to the model's <c>metadata_props</c>.</summary>
    public void Metadata(string key, string value) => _metadata.Add(new(key, value));

    public byte[] ToBytes()
    {
        // ModelProto: ir_version = 1, producer_name = 2, graph = 7, opset_import = 8, metadata_props = 14.
        var model = new ProtoWriter();
        model.Varint(1, IrVersion);
        model.Text(2, Producer);
        model.Message(7, WriteGraph);
        model.Message(8, w =>
        {
            w.Text(1, string.Empty);
            w.Varint(2, opset);
        });
        foreach (var (key, value) in _metadata)
        {
            model.Message(14, w =>
            {
                w.Text(1, key);
                w.Text(2, value);
            });
        }

        return model.Written.ToArray();
    }

    // GraphProto: node = 1, name = 2, initializer = 5, input = 11, output = 12.
    private void WriteGraph(ProtoWriter writer)
    {
        foreach (var node in _nodes)
        {
            writer.Message(1, node);
        }

        writer.Text(2, graphName);
        foreach (var initializer in _initializers)
        {
            writer.Message(5, initializer.Write);
        }

        foreach (var input in _inputs)
        {
            writer.Message(11, input);
        }

        foreach (var output in _outputs)
        {
            writer.Message(12, output);
        }
    }

    // NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5.
    private static void WriteNode(ProtoWriter writer, string operation, string[] inputs, string[] outputs, OnnxAttribute[] attributes)
    {
        foreach (var input in inputs)
        {
            writer.Text(1, input);
        }

        foreach (var output in outputs)
        {
            writer.Text(2, output);
        }

        writer.Text(3, $"node_{outputs[0]}");
        writer.Text(4, operation);
        foreach (var attribute in attributes)
        {
            writer.Message(5, attribute.Write);
        }
    }

    // ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: elem_type = 1, shape = 2; Dimension: dim_value = 1, dim_param = 2.
    private static void WriteValueInfo(ProtoWriter writer, string name, OnnxElementType type, OnnxDimension[] dimensions)
    {
        writer.Text(1, name);
        writer.Message(2, t => t.Message(1, tensor =>
        {
            tensor.Varint(1, (int)type);
            tensor.Message(2, shape =>
            {
                foreach (var dimension in dimensions)
                {
                    shape.Message(1, d =>
                    {
                        if (dimension.Name is null)
                        {
                            d.Varint(1, dimension.Size);
                        }
                        else
                        {
                            d.Text(2, dimension.Name);
                        }
                    });
                }
            });
        }));
    }

    private void Define(string name)
    {
        if (!_values.Add(name))
        {
            throw new ArgumentException($"'{name}' is defined twice.", nameof(name));
        }
    }
}
