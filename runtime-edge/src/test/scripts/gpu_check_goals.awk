# The goals of the GPU engines against the rows of gpu-check.sh's page (docs/backends.md): a Markdown table of its own.
BEGIN { FS = " *[|] *" }

/^## / { section = /CUDA kernel/ ? "Adze's kernel" : /TensorRT/ ? "TensorRT" : /cuDNN/ ? "cuDNN" : "" }

section == "Adze's kernel" && NF > 6 && $6 + 0 > 0 { time[section, $2, $3, $5] = $6 }
section == "TensorRT" && NF > 6 && $6 + 0 > 0 { time[section, $2, $3, $4] = $6 }
section == "cuDNN" && NF > 5 && $5 + 0 > 0 { time[section, $2, $3, $4] = $5 }

function known(engine, network, weights, call) { return (engine, network, weights, call) in time }

function under(network, weights, call, limit,    what) {
    what = "| " network ", " weights ", " call ": under " limit " us on an H200 | "
    if (!known("Adze's kernel", network, weights, call)) { print what "| not measured |"; return }
    print what time["Adze's kernel", network, weights, call] " us | " \
        (time["Adze's kernel", network, weights, call] < limit ? "reached" : "**missed**") " |"
}

function faster(network, weights, call, engine, theirs, words,    what, a, b) {
    what = "| " network ", " weights ", " call ": faster than " words " | "
    if (!known("Adze's kernel", network, weights, call) || !known(engine, network, weights, theirs)) {
        print what "| not measured |"
        return
    }
    a = time["Adze's kernel", network, weights, call]
    b = time[engine, network, weights, theirs]
    print what a " us against " b " us | " (a + 0 < b + 0 ? "reached" : "**missed**") " |"
}

function ratio(network, engine, call, times,    what, r) {
    what = "| " network ", " engine ", " call ": fp16 at least " times " times as fast as fp32 | "
    if (!known(engine, network, "fp16", call) || !known(engine, network, "fp32", call)) {
        print what "| not measured |"
        return
    }
    r = time[engine, network, "fp32", call] / time[engine, network, "fp16", call]
    printf "%s%.2f times | %s |\n", what, r, (r >= times ? "reached" : "**missed**")
}

END {
    student = "student 2x560"
    teacher = "teacher 3x768"
    window = "window of 50"
    print "| goal | measured (p50) | |"
    print "|---|---|---|"
    under(student, "fp16", "step", 12)
    under(student, "fp16", window, 150)
    for (n = 1; n <= 2; n++) {
        network = n == 1 ? student : teacher
        for (w = 1; w <= 2; w++) {
            weights = w == 1 ? "fp32" : "fp16"
            for (c = 1; c <= 2; c++) {
                call = c == 1 ? "step" : window
                faster(network, weights, call, "cuDNN", call, "cuDNN")
                faster(network, weights, call, "cuDNN", call ", CUDA graph", "cuDNN in a CUDA graph")
            }
            faster(network, weights, window, "TensorRT", "loop " window, "TensorRT's loop")
        }
    }
    for (c = 1; c <= 2; c++) {
        call = c == 1 ? "step" : window
        ratio(teacher, "Adze's kernel", call, 3.1)
        ratio(teacher, "TensorRT", c == 1 ? call : "unrolled " call, 3.1)
        if (c == 2) {
            ratio(teacher, "TensorRT", "loop " call, 3.1)
        }
        ratio(teacher, "cuDNN", call, 3.1)
    }
}
