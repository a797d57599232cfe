package dev.adze.agent.sensor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import com.pi4j.exception.Pi4JException;
import com.pi4j.io.pwm.Pwm;
import com.pi4j.io.pwm.PwmPolarity;
import com.pi4j.io.pwm.PwmProvider;
import dev.adze.agent.sensor.FixtureTree;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree of files in place of the kernel's: channel 2 of chip 1 is exported, by whomever. */
class LinuxPwmTest {
    private static final String CHANNEL = "pwmchip1/pwm2/";

    @TempDir
    Path chips;
    private Context pi4j;

    @BeforeEach
    void start() {
        new FixtureTree(chips).put("pwmchip1/export", "").put("pwmchip1/unexport", "").put(CHANNEL + "period", "50000\n")
                .put(CHANNEL + "duty_cycle", "12500\n").put(CHANNEL + "enable", "0\n").put(CHANNEL + "polarity", "normal\n")
                .put(CHANNEL + "capture", "16666666 4166667\n");
        pi4j = Pi4J.newContextBuilder().noAutoDetect().disableShutdownHook().add(new LinuxPwm.Provider(chips)).build();
    }

    @AfterEach
    void stop() {
        pi4j.shutdown();
    }

    private LinuxPwm create(int channel) {
        return (LinuxPwm) pi4j.provider(LinuxPwm.PROVIDER, PwmProvider.class).create(Pwm.newConfigBuilder(pi4j).id("pwm")
                .chip(1).channel(channel).polarity(PwmPolarity.INVERSED).build());
    }

    private String file(String name) throws Exception {
        return Files.readString(chips.resolve(CHANNEL + name)).strip();
    }

    @Test
    void lookingAtAChannelChangesNothing() throws Exception {
        LinuxPwm pwm = create(2);
        assertEquals(50_000, pwm.periodNanos());
        assertEquals(12_500, pwm.dutyNanos());
        assertEquals(20_000, pwm.getActualFrequency());
        assertEquals(16_666_666, pwm.capture()[0]);
        pwm.close();
        assertEquals("50000 12500 0 normal", file("period") + " " + file("duty_cycle") + " " + file("enable") + " " + file("polarity"));
        assertEquals("", Files.readString(chips.resolve("pwmchip1/unexport")), "it was exported by somebody else");
    }

    @Test
    void pi4jSetsFrequencyAndDutyCycle() throws Exception {
        LinuxPwm pwm = create(2);
        pwm.on(25, 100_000);
        assertEquals("10000 2500 1 inversed", file("period") + " " + file("duty_cycle") + " " + file("enable") + " " + file("polarity"));
        assertTrue(pwm.isOn());
        pwm.off();
        assertEquals("0", file("enable"));
        pwm.on(101, 1000);
        assertEquals("1000000 1000000", file("period") + " " + file("duty_cycle"), "Pi4J takes more for 100 %");
    }

    @Test
    void aChannelThatTheChipDoesNotHaveIsRefusedWithTheReason() {
        var e = assertThrows(Pi4JException.class, () -> create(5));
        assertEquals("the device file is not there", DeviceError.of(e).reason());
    }
}
