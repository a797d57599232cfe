# Shared by the launchers adze and adze-agent: finds a JDK 25, builds what is missing, starts Java.
# Bash 3.2 or later. Exit codes as in docs/exit-codes.md.
#
# Environment:
#   ADZE_JAVA_HOME  the JDK to use (25 or later); otherwise one is looked for
#   ADZE_JAVA_OPTS  further options for Java, separated by spaces
#   ADZE_NO_BUILD   if set, whatever is built is run as it is

die() { # exit-code message
    local priority=
    # The systemd journal is told that it is an error, as the program itself tells it (sd-daemon(3)).
    [ -n "${JOURNAL_STREAM:-}" ] && [ "$JOURNAL_STREAM" = "$(stat -L -c %d:%i "/proc/$$/fd/2" 2>/dev/null)" ] && priority='<3>'
    printf '%s%s: error: %s\n' "$priority" "$program" "$2" >&2
    exit "$1"
}

# Sets major to the Java version in a JDK's folder, 0 if there is none, and release to its full name. Reads a file:
# starting Java costs 0.1 s.
java_major() { # home
    local line
    major=0 release=unknown
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                line=${line#*\"}
                major=${line%%[!0-9]*}
                ;;
            JAVA_RUNTIME_VERSION=*)
                release=${line#*\"}
                release=${release%%\"*}
                ;;
        esac
    done <"$1/release"
    major=${major:-0}
}

# Sets java_home to the first JDK 25 or later.
find_java() {
    local home candidates older=
    if [ -n "${ADZE_JAVA_HOME:-}" ]; then
        java_major "$ADZE_JAVA_HOME"
        [ "$major" -ge 25 ] && { java_home=$ADZE_JAVA_HOME; return; }
        die 8 "ADZE_JAVA_HOME is $ADZE_JAVA_HOME, but Adze needs a JDK 25 or later there; set it to one, or unset it to have one looked for"
    fi
    candidates=("${JAVA_HOME:-}" "${JAVA25_HOME:-}")
    if home=$(command -v java) && home=$(readlink -f "$home" 2>/dev/null); then
        candidates+=("${home%/bin/java}")
    fi
    candidates+=(/usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/*
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*
        "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home /Library/Java/JavaVirtualMachines/*/Contents/Home)
    for home in "${candidates[@]}"; do
        [ -n "$home" ] || continue
        java_major "$home"
        [ "$major" -ge 25 ] && { java_home=$home; return; }
        [ "$major" -gt 0 ] && case " $older," in *" $major,"*) ;; *) older="${older:+$older, }$major" ;; esac
    done
    if home=$(/usr/libexec/java_home -v 25+ 2>/dev/null); then
        java_major "$home"
        java_home=$home
        return
    fi
    die 8 "Adze needs a JDK 25: install Temurin 25 (apt install temurin-25-jdk, brew install --cask temurin@25 or sdk install java 25-tem) or set ADZE_JAVA_HOME to one you have; found ${older:+only }${older:-none}"
}

# Sets jar to the newest build of the module, empty if there is none.
find_jar() {
    local found
    jar=
    for found in "$module"/target/"$module"-[0-9]*.jar; do
        [ -f "$found" ] && { [ -z "$jar" ] || [ "$found" -nt "$jar" ]; } && jar=$found
    done
    # The jar is written last, after target/lib; only a half-deleted target has the one without the other.
    [ -d "$module/target/lib" ] || jar=
}

# The jar is as new as everything it is made of. Folders count too, so a deleted source is noticed.
up_to_date() {
    local part sources=(pom.xml)
    [ -n "$jar" ] || return 1
    for part in profiles runtime-edge "$module"; do
        sources+=("$part/pom.xml" "$part/src/main")
    done
    [ -z "$(find "${sources[@]}" -newer "$jar" -print 2>/dev/null | head -n 1)" ]
}

build() {
    local log="$module/target/launch.log" started="$module/target/launch.started" first= maven status why
    maven=$(command -v mvn) || maven=
    if [ -z "$maven" ]; then
        [ -n "$jar" ] || die 8 "Adze is not built yet, and there is no Maven to build it: install Maven 3.8 or later (apt install maven) with network to Maven Central"
        printf '%s: warning: the sources are newer than the build, but there is no Maven (mvn) here; running the older build\n' "$program" >&2
        return
    fi
    [ -n "$jar" ] || first=" (the first time downloads about $download)"
    printf '%s: building %s%s; log: %s\n' "$program" "$module" "$first" "$root/$log" >&2
    : >"$started"
    # Maven's own Java may be older; its toolchain is to find the JDK that was found here.
    command -v java >/dev/null || export JAVA_HOME=$java_home
    JAVA25_HOME=$java_home "$maven" -q -B -Dmaven.test.skip=true -pl "$module" -am package >"$log" 2>&1 </dev/null
    status=$?
    find_jar
    if [ $status -ne 0 ] || [ -z "$jar" ]; then
        [ $status -gt 128 ] && die 130 "the build was stopped"
        if grep -q 'No space left' "$log"; then
            die 6 "the build failed: the disk is full; details in $root/$log"
        elif grep -qiE 'unknown host|temporary failure in name|connection (refused|timed out|reset)|network is unreachable|could not transfer|unresolvable|status code: 5' "$log"; then
            die 8 "the build failed: Maven Central cannot be reached; check the network (or the mirror in ~/.m2/settings.xml) and try again; details in $root/$log"
        elif grep -q 'needs a JDK 25' "$log"; then
            die 8 "the build failed: Maven sees no JDK 25 (a JRE is not enough); install Temurin 25; details in $root/$log"
        fi
        why=$(grep -m 1 -E '^\[ERROR\] .' "$log" | cut -c 9-160)
        die 1 "the build failed: ${why:-see the log}; details in $root/$log"
    fi
    # Sources edited while Maven ran must count as newer.
    touch -r "$started" "$jar"
    rm -f "$started"
}

# Keeps what a short trial run loaded for the next starts: its classes (AppCDS), 20 to 25 % less processor time for a start,
# or, where cache is aot, also how methods were used (AOT cache, JEP 514 and 515). Java takes the archive only if JDK and jar
# are those it was made with, and says nothing if they are not.
remember_classes() {
    local old flag=-XX:ArchiveClassesAtExit
    [ "${cache:-jsa}" = aot ] && flag=-XX:AOTCacheOutput
    for old in "$module"/target/launch-*.jsa "$module"/target/launch-*.aot; do
        rm -f "$old"
    done
    "$java_home/bin/java" "${options[@]}" "${computing[@]}" -Xlog:disable "$flag=$archive.new" \
        -jar "$jar" "${trial[@]}" >/dev/null 2>&1 </dev/null
    # An empty file says that it did not work, so that it is not tried at each start.
    mv -f "$archive.new" "$archive" 2>/dev/null || : >"$archive"
}

# One at a time: both launchers share profiles and runtime-edge.
prepare() {
    mkdir -p target "$module/target" 2>/dev/null || die 6 "cannot write to $root; make it writable, or build it elsewhere"
    { exec 9>target/launch.lock; } 2>/dev/null || die 6 "cannot write to $root/target; make it writable"
    if command -v flock >/dev/null && ! flock -n 9; then
        printf '%s: another build is running here; waiting for it\n' "$program" >&2
        flock 9
    fi
    find_jar
    up_to_date || build
    [ "$archive" -nt "$jar" ] || remember_classes
    exec 9>&-
}

# The caller sets: program, module, download (size of the first one), options (for Java), trial (arguments of a command
# that loads much and does nothing), and may set cache to aot and reckons_not to the commands that run no model.
launch() { # arguments...
    local started_in=$PWD archive computing=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED)
    options+=(-XX:-UsePerfData)
    # With fewer, Java itself finds no classes and cannot say why.
    local files
    files=$(ulimit -n)
    [ "$files" = unlimited ] || [ "$files" -ge 128 ] ||
        die 8 "this process may open only $files files; allow it more: \`ulimit -n 1024\` in the shell, LimitNOFILE= in the service's unit"
    find_java
    cd "$root" || die 3 "cannot enter $root"
    find_jar
    # Built by root with a mask that keeps others out, perhaps; Java itself would only say that it cannot access a jarfile.
    [ -z "$jar" ] || [ -r "$jar" ] ||
        die 3 "$root/$jar may not be read by this user; let others read what is built: chmod -R go+rX $root"
    archive=$module/target/launch-$release.${cache:-jsa}
    if [ -n "${ADZE_NO_BUILD:-}" ]; then
        [ -n "$jar" ] || die 8 "Adze is not built yet, and ADZE_NO_BUILD is set; unset it"
    elif ! up_to_date; then
        if [ -n "$jar" ] && ! [ -w "$module/target" ]; then
            # Built by another user, root perhaps: who may only run it is not kept from it.
            printf '%s: warning: the sources in %s are newer than the build, and this user may not build there; running the older build\n' "$program" "$root" >&2
        else
            prepare
        fi
    elif ! [ "$archive" -nt "$jar" ] && [ -w "$module/target" ]; then
        prepare
    fi
    # Named though absent, an archive would cost time.
    if [ -s "$archive" ] && [ "${cache:-jsa}" = aot ]; then
        options+=("-XX:AOTCache=$root/$archive" '-Xlog:aot*=off' '-Xlog:cds*=off')
    elif [ -s "$archive" ]; then
        options+=("-XX:SharedArchiveFile=$root/$archive" '-Xlog:cds*=off')
    fi
    case ${1:-} in
        # Nothing is computed here, so no need for the incubating module, of which Java warns on stderr each time.
        '' | -h | --help | help | -V | --version) ;;
        *) case " ${reckons_not:-} " in
            *" $1 "*) options+=(--enable-native-access=ALL-UNNAMED) ;;
            *) options+=("${computing[@]}") ;;
        esac ;;
    esac
    cd "$started_in" || cd /
    # shellcheck disable=SC2206  # ADZE_JAVA_OPTS is split on purpose
    options+=(${ADZE_JAVA_OPTS:-})
    exec "$java_home/bin/java" "${options[@]}" -jar "$root/$jar" "$@"
}
